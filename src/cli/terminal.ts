/** Takes a live terminal back to the start of its line, and clears that line. */
export const CLEAR_LINE = "\r\x1b[K";

/** Where a command writes. Results go to `out`, everything else to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Columns of a live terminal on `err`; undefined where lines are plain (a file, a pipe, CI). */
  readonly columns: number | undefined;
  /** Asks the person at the terminal; undefined where nobody can answer. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
}

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const live = stderr.isTTY && !process.env.CI && process.env.TERM !== "dumb";
  const ask = async (question: string) => {
    const { createInterface } = await import("node:readline/promises");
    const lines = createInterface({ input: stdin, output: stderr });
    try {
      return await lines.question(question);
    } finally {
      lines.close();
    }
  };
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    get columns() {
      return live ? stderr.columns || 80 : undefined;
    },
    ask: live && stdin.isTTY ? ask : undefined,
  };
}
