import { closeSync, existsSync, ftruncateSync, openSync, readSync, writeSync } from "node:fs";
import { fail, messageOf } from "../core/index.ts";
import type { TrainEvent } from "./events.ts";

export interface Metrics {
  /** Hands the line to the system at once: a kill loses at most the last one. */
  write(event: TrainEvent): void;
  close(): void;
}

/**
 * Opens `metrics.jsonl`. A run that continues at `step` first drops what was recorded past it, and a torn last line,
 * so that no step stands there twice.
 * @throws MaskconError "disk" where a line cannot be written.
 */
export function openMetrics(path: string, step: number): Metrics {
  const fd = opened(path, existsSync(path) ? "r+" : "w+");
  let end = endOfRecord(fd, step);
  ftruncateSync(fd, end);
  return {
    write(event) {
      const line = Buffer.from(`${JSON.stringify(event)}\n`);
      try {
        for (let done = 0; done < line.length; ) done += writeSync(fd, line, done, line.length - done, end + done);
      } catch (error) {
        dropHalfLine(fd, end);
        fail("disk", { where: path, expected: "room for one more line", found: messageOf(error) }, error);
      }
      end += line.length;
    },
    close: () => closeSync(fd),
  };
}

/** Half a line would spoil the file for its readers. The write's own failure is the one to report. */
function dropHalfLine(fd: number, end: number): void {
  try {
    ftruncateSync(fd, end);
  } catch {
    // A resumed run drops it.
  }
}

function opened(path: string, flags: string): number {
  try {
    return openSync(path, flags);
  } catch (error) {
    return fail("disk", { where: path, expected: "a file that can be written", found: messageOf(error) }, error);
  }
}

/** Longer than any line a run writes; a file without line ends does not fill the memory. */
const longestLine = 1 << 20;

/**
 * The byte where the lines of a run up to `step` end: before the first that is later. A torn last line is none of them; one
 * that is unreadable among others stays.
 */
function endOfRecord(fd: number, step: number): number {
  const chunk = Buffer.alloc(1 << 16);
  let pending = Buffer.alloc(0);
  let tooLong = false;
  let [start, end] = [0, 0];
  for (let position = 0; ; ) {
    const size = readSync(fd, chunk, 0, chunk.length, position);
    if (size === 0) return end;
    position += size;
    pending = Buffer.concat([pending, chunk.subarray(0, size)]);
    for (let newline = pending.indexOf(10); newline >= 0; newline = pending.indexOf(10)) {
      const belongs = tooLong ? undefined : belonging(pending.toString("utf8", 0, newline), step);
      if (belongs === false) return end;
      start += newline + 1;
      if (belongs) end = start;
      pending = pending.subarray(newline + 1);
      tooLong = false;
    }
    if (pending.length > longestLine) [start, pending, tooLong] = [start + pending.length, Buffer.alloc(0), true];
  }
}

/** Whether a line is of the run up to `step`; undefined where it is no event. */
function belonging(line: string, step: number): boolean | undefined {
  try {
    const event = JSON.parse(line) as { step?: unknown; event?: unknown } | null;
    if (typeof event?.step !== "number") return undefined;
    // The run's own end is over once it continues.
    return event.step <= step && event.event !== "end";
  } catch {
    return undefined;
  }
}
