import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Seconds that loading a model and one batch may take; the slowest known model needs a tenth. */
const MAX_SECONDS = 300;
/** Characters that a program may say. */
const MAX_SAID = 2 ** 20;
const SHELL = "/bin/sh";
const canLimit = process.platform === "linux" && existsSync(SHELL);

export interface Ended {
  /** How the process ended; undefined where it did so by itself. */
  readonly how: string | undefined;
  readonly said: string;
}

/**
 * Runs a program in a process of its own, since some files end the process that reads them: an integer division overflows, a
 * loop does not end, memory goes out.
 * @param program source text; it finds `work`, as JSON, at its standard input
 * @param memory bytes of data that it may take, where the system can bound them: on Linux with a shell
 */
export function inOtherProcess(program: string, work: unknown, memory?: number): Promise<Ended> {
  const options = {
    // Where this package's own modules are found.
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    env: { ...process.env, ORT_DISABLE_TELEMETRY: "1", NODE_OPTIONS: "" },
    timeout: 1000 * MAX_SECONDS,
    killSignal: "SIGKILL" as const,
    maxBuffer: MAX_SAID,
  };
  const node = [process.execPath, "-e", program];
  const limited = [SHELL, "-c", `ulimit -d ${Math.ceil((memory ?? 0) / 1024)}; exec "$@"`, "sh", ...node];
  const [command, ...args] = memory !== undefined && canLimit ? limited : node;
  return new Promise((resolved) => {
    const child = execFile(command!, args, options, (error, said) => {
      if (!error) resolved({ how: undefined, said });
      else if (error.killed) resolved({ how: `one that does not end within ${MAX_SECONDS} s`, said });
      else resolved({ how: `one that ends the process that runs it (${error.signal ?? error.code})`, said });
    });
    // Its end says more than that its input was closed.
    child.stdin!.on("error", () => {});
    // Names are any text, which a command line is not.
    child.stdin!.end(JSON.stringify(work));
  });
}

/** An error that ONNX Runtime threw there, in words; of one for want of memory its own are a place in its source. */
export function errorText(error: string, memory: number): string {
  const text = error.replace(/\s*\n\s*/g, " ");
  if (!/bad.?alloc|AllocateRaw|failed to allocate|buffer allocation failed/i.test(text)) return text;
  const [, op, name] = /while running (\w+) node\. Name:'(.*?)' Status/.exec(text) ?? [];
  const most = canLimit ? `than ${Math.floor(memory / 2 ** 30)} GiB of memory` : "memory than there is";
  return `one that needs more ${most}${op === undefined ? "" : `, in ${op} ${JSON.stringify(name!.slice(0, 100))}`}`;
}
