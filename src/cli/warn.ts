import type { Terminal } from "./terminal.ts";

export const warningLine = (message: string): string => `warning: ${message}`;

/** Says on a line of its own what a person should know, where the command goes on all the same. */
export function warn(terminal: Pick<Terminal, "err">, message: string): void {
  terminal.err(`${warningLine(message)}\n`);
}

/** One warning for each damaged checkpoint; an older one was read in its place, or it was left out. */
export function warnOfPassedOver(terminal: Pick<Terminal, "err">, problems: readonly string[]): void {
  for (const problem of problems) warn(terminal, `passed over a checkpoint: ${problem}`);
}
