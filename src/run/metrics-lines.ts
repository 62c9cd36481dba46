import { readSync } from "node:fs";

/** A line of `metrics.jsonl`. */
interface MetricsLine {
  /** undefined where it is longer than any line a run writes. */
  readonly text: string | undefined;
  /** The byte behind its line end. */
  readonly end: number;
  /** False of the last one where no line end follows: what a killed process left. */
  readonly whole: boolean;
}

/** Whether an event begins lines of another run than `run`; undefined where it begins none, or nobody knows whose. */
export function startsOther(event: { readonly event?: unknown; readonly run?: unknown }, run: string | undefined) {
  return event.event === "start" && run !== undefined && event.run !== undefined ? event.run !== run : undefined;
}

/** A file without line ends does not fill the memory. */
const LONGEST_LINE = 1 << 20;

/** The lines of an open file, in bounded memory. */
export function* linesOf(fd: number): Generator<MetricsLine> {
  const chunk = Buffer.alloc(1 << 16);
  let pending = Buffer.alloc(0);
  let tooLong = false;
  const text = (end: number) => (tooLong ? undefined : pending.toString("utf8", 0, end));
  let position = 0;
  for (;;) {
    const size = readSync(fd, chunk, 0, chunk.length, position);
    if (size === 0) break;
    position += size;
    pending = Buffer.concat([pending, chunk.subarray(0, size)]);
    for (let newline = pending.indexOf(10); newline >= 0; newline = pending.indexOf(10)) {
      yield { text: text(newline), end: position - pending.length + newline + 1, whole: true };
      tooLong = false;
      pending = pending.subarray(newline + 1);
    }
    if (pending.length > LONGEST_LINE) [pending, tooLong] = [Buffer.alloc(0), true];
  }
  if (tooLong || pending.length > 0) yield { text: text(pending.length), end: position, whole: false };
}
