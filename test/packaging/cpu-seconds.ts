import { root, run } from "./packed.ts";

const preload = new URL("tell-cpu.mjs", import.meta.url).href;

/** The least CPU time of three runs of Node with these parameters, in seconds: whatever else the machine does adds to it. */
export async function cpuSeconds(...parameters: readonly string[]): Promise<number> {
  const seconds: number[] = [];
  for (let i = 0; i < 3; i++) {
    const { err } = await run("node", ["--import", preload, ...parameters], root);
    seconds.push(Number(err.trim().split("\n").at(-1)));
  }
  return Math.min(...seconds);
}
