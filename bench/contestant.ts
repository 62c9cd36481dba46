import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** One side of a comparison: a program that speaks the line protocol (see README.md). */
export interface Entry {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type Line = Readonly<Record<string, unknown>>;

/** A running contestant, idle between its turns. */
export class Contestant {
  readonly name: string;
  /** Its first line: versions and settings. */
  readonly about: Line;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(name: string, child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>, about: Line) {
    this.name = name;
    this.about = about;
    this.#child = child;
    this.#lines = lines;
  }

  static async start({ name, command, args, env }: Entry): Promise<Contestant> {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    child.stdin.on("error", () => {});
    child.stderr.on("data", (text: Buffer) => process.stderr.write(text));
    const ended = new Promise<never>((_, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`${name} ended early (${signal ?? `code ${code}`})`)));
    });
    ended.catch(() => {});
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const about = await Promise.race([next(lines), ended]);
    return new Contestant(name, child, lines, about);
  }

  async turn(): Promise<Line> {
    this.#child.stdin.write("go\n");
    return await next(this.#lines);
  }

  /** Peak resident memory as the system counts it, or what the program says of itself where there is no /proc. */
  peakMemoryMb(last: Line): number {
    try {
      const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
      return Number(/VmHWM:\s+(\d+) kB/.exec(status)![1]) / 1024;
    } catch {
      return Number(last.peakRssMb);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill(), 5000);
    await exited;
    clearTimeout(timer);
  }
}

async function next(lines: AsyncIterator<string>): Promise<Line> {
  const { value, done } = await lines.next();
  if (done) throw new Error("the program ended without an answer");
  return JSON.parse(value) as Line;
}
