/** Where a command writes. Results go to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Columns of a live terminal on `err`; undefined where lines are plain (a file, a pipe, CI). */
  readonly columns: number | undefined;
}

export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  const live = stderr.isTTY && !process.env.CI && process.env.TERM !== "dumb";
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    get columns() {
      return live ? stderr.columns || 80 : undefined;
    },
  };
}
