import { closeSync, existsSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { fail, messageOf } from "../core/index.ts";
import type { TrainEvent } from "./events.ts";
import { linesOf, startsOther } from "./metrics-lines.ts";

export interface Metrics {
  /** Hands the line to the system at once: a kill loses at most the last one. */
  write(event: TrainEvent): void;
  close(): void;
}

/**
 * Opens `metrics.jsonl`. A run that continues at `step` first drops what was recorded past it, and a torn last line,
 * so that no step stands there twice. Lines of another run than `run` stay where this one continues: `readMetrics` passes
 * over them.
 * @throws MaskconError "disk" where a line cannot be written.
 */
export function openMetrics(path: string, step: number, run?: string): Metrics {
  const fd = opened(path, existsSync(path) ? "r+" : "w+");
  let end = endOfRecord(fd, step, run);
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

/**
 * The byte where the lines of a run up to `step` end: before the first that is later. A torn last line is none of them; one
 * that is unreadable among others stays.
 */
function endOfRecord(fd: number, step: number, run: string | undefined): number {
  let end = 0;
  let ofOther = false;
  for (const line of linesOf(fd)) {
    const event = line.whole && line.text !== undefined ? eventIn(line.text) : undefined;
    if (event) ofOther = startsOther(event, run) ?? ofOther;
    // The run's own end is over once it continues.
    const belongs = event && (ofOther ? step > 0 : event.step <= step && event.event !== "end");
    if (belongs === false) break;
    if (belongs) end = line.end;
  }
  return end;
}

interface AnyEvent {
  readonly step: number;
  readonly event?: unknown;
  readonly run?: unknown;
}

/** The event of a line; undefined where it is none. */
function eventIn(line: string): AnyEvent | undefined {
  try {
    const event = JSON.parse(line) as AnyEvent | null;
    return typeof event?.step === "number" ? event : undefined;
  } catch {
    return undefined;
  }
}
