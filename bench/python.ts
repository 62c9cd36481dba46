import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Entry } from "./contestant.ts";

const folder = new URL("../tools/reference/", import.meta.url);

export interface Python {
  readonly command: string;
  readonly torch: string;
  /** Folder with another BLAS (`libblas.so.3`), put before the system's. */
  readonly blasFolder: string | undefined;
}

/** The first Python that has torch and torchvision; undefined where none has. Debian's packages belong to /usr/bin/python3. */
export function findPython(blasFolder?: string): Python | undefined {
  for (const command of [process.env.MASKCON_PYTHON, "/usr/bin/python3", "python3", "python"]) {
    if (command === undefined) continue;
    const { status, stdout } = spawnSync(command, ["-c", "import torch, torchvision; print(torch.__version__)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (status === 0) return { command, torch: stdout.trim(), blasFolder };
  }
  return undefined;
}

export function pythonEntry(python: Python, name: string, script: string, args: readonly (string | number)[]): Entry {
  const path = fileURLToPath(new URL(script, folder));
  return {
    name,
    command: python.command,
    args: [path, "--serve", ...args.map(String)],
    ...(python.blasFolder === undefined ? {} : { env: { LD_LIBRARY_PATH: python.blasFolder } }),
  };
}

/** One of our own programs beside this file, as JavaScript: `npm run bench` compiles it first (tsconfig.json). */
export function ownEntry(name: string, script: string, options: object): Entry {
  const path = fileURLToPath(new URL(`../.cache/bench/bench/${script}`, import.meta.url));
  return { name, command: process.execPath, args: [path, JSON.stringify(options)] };
}

/** The same program held on one core; undefined where the system cannot. */
export function onOneCore(entry: Entry): Entry | undefined {
  if (spawnSync("taskset", ["-c", "0", "true"]).status !== 0) return undefined;
  return { ...entry, command: "taskset", args: ["-c", "0", entry.command, ...entry.args] };
}
