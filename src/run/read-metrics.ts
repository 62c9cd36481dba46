import { closeSync, existsSync, openSync } from "node:fs";
import { firstFew, messageOf } from "../core/index.ts";
import { type MetricsEvents, noEvents, objectOfLine, takeEvent } from "./metrics-events.ts";
import { linesOf, startsOther } from "./metrics-lines.ts";

/** What a run wrote into `metrics.jsonl`, as far as it can be read. */
export interface RunMetrics extends Readonly<{ [kind in keyof MetricsEvents]: Readonly<MetricsEvents[kind]> }> {
  /** Why part of it is missing; empty where all of it was read. */
  readonly problems: readonly string[];
}

/** Reads the events of the run with this `id`. Lines that are torn or no events, or of another run, are counted, not followed. */
export function readMetrics(file: string, id?: string): RunMetrics {
  const found = noEvents();
  if (!existsSync(file)) return { ...found, problems: ["there is no metrics.jsonl: no curves"] };
  let [count, unread, others] = [0, 0, 0];
  let ofOther = false;
  const first: number[] = [];
  try {
    const fd = openSync(file, "r");
    try {
      for (const { text } of linesOf(fd)) {
        count++;
        const event = objectOfLine(text);
        if (event) ofOther = startsOther(event, id) ?? ofOther;
        if (ofOther) others++;
        else if (!(event && takeEvent(event, found)) && unread++ < MOST_NAMED) first.push(count);
      }
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { ...found, problems: [`metrics.jsonl cannot be read to its end: ${messageOf(error)}`] };
  }
  const torn = `metrics.jsonl: passed over what is unreadable or torn: line ${firstFew(first, { total: unread })}`;
  const foreign = `metrics.jsonl: passed over ${others} of its ${count} lines, which are of another run`;
  return { ...found, problems: [...(unread > 0 ? [torn] : []), ...(others > 0 ? [foreign] : [])] };
}

/** Lines that a problem names; of others it says how many. */
const MOST_NAMED = 5;
