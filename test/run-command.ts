import { run } from "../src/cli/run.ts";

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `maskcon LINE` in this process. `columns`: of the terminal behind stderr; without, it is none. */
export async function runCommand(line: readonly string[], columns?: number): Promise<Said> {
  const said = { out: "", err: "" };
  const code = await run(line, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    columns,
  });
  // The test process itself ends as its tests say.
  process.exitCode = undefined;
  return { code, ...said };
}
