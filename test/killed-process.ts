import { spawn } from "node:child_process";

/**
 * The whole lines that a module's code prints before it is killed, so many milliseconds after its first one.
 * @param script the code of a module; TypeScript may be imported
 */
export function linesUntilKilled(script: string, args: readonly string[], after: number): Promise<string[]> {
  const line = ["--import", "tsx", "--input-type=module", "--eval", script, "--", ...args];
  const child = spawn(process.execPath, line, { stdio: ["ignore", "pipe", "inherit"] });
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
