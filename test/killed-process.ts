import { spawn } from "node:child_process";
import { programLine } from "./source-program.ts";

/**
 * The whole lines that a module's code prints before it is killed, so many milliseconds after its first one.
 * @param script the code of a module; it imports sources by `source`
 */
export function linesUntilKilled(script: string, args: readonly string[], after: number): Promise<string[]> {
  const child = spawn(process.execPath, programLine(script, ...args), { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.stdout.on("data", (bytes) => {
      if (text === "") setTimeout(() => child.kill("SIGKILL"), after);
      text += bytes;
    });
    child.on("close", (_, signal) => {
      if (signal !== "SIGKILL") reject(new Error(`it ended by itself: ${text}`));
      resolve(text.split("\n").slice(0, -1));
    });
  });
}
