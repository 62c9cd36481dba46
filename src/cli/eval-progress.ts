import { CLEAR_LINE, type Terminal } from "./terminal.ts";

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

/** How far an evaluation is: a line that moves on a live terminal, elsewhere a plain one now and then. */
export function showEvalProgress(terminal: Terminal, { now = () => performance.now() } = {}) {
  let shown = now();
  let moving = false;
  return {
    show(what: string, { phase, done, total }: { phase: string; done: number; total: number }): void {
      if (now() - shown < (terminal.columns ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
      shown = now();
      const text = `${what}: ${phase} ${Math.floor((100 * done) / Math.max(1, total))}%`;
      moving = terminal.columns !== undefined;
      terminal.err(moving ? `${CLEAR_LINE}${text.slice(0, terminal.columns! - 1)}` : `${text}\n`);
    },
    clear(): void {
      if (moving) terminal.err(CLEAR_LINE);
      moving = false;
    },
  };
}
