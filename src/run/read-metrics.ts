import { closeSync, existsSync, openSync } from "node:fs";
import { firstFew, messageOf } from "../core/index.ts";
import { isReport } from "../eval/index.ts";
import type { DiagnoseEvent, EndEvent, EvalEvent, StartEvent, StepEvent } from "./events.ts";
import { linesOf, startsOther } from "./metrics-lines.ts";

/** What a run wrote into `metrics.jsonl`, as far as it can be read. */
export interface RunMetrics {
  readonly starts: readonly StartEvent[];
  readonly steps: readonly StepEvent[];
  readonly evals: readonly EvalEvent[];
  readonly diagnoses: readonly DiagnoseEvent[];
  readonly ends: readonly EndEvent[];
  /** Why part of it is missing; empty where all of it was read. */
  readonly problems: readonly string[];
}

/** Reads the events of the run with this `id`. Lines that are torn or no events, or of another run, are counted, not followed. */
export function readMetrics(file: string, id?: string): RunMetrics {
  const found = {
    starts: [] as StartEvent[],
    steps: [] as StepEvent[],
    evals: [] as EvalEvent[],
    diagnoses: [] as DiagnoseEvent[],
    ends: [] as EndEvent[],
  };
  if (!existsSync(file)) return { ...found, problems: ["there is no metrics.jsonl: no curves"] };
  let [count, unread, others] = [0, 0, 0];
  let ofOther = false;
  const first: number[] = [];
  try {
    const fd = openSync(file, "r");
    try {
      for (const { text } of linesOf(fd)) {
        count++;
        const event = eventIn(text);
        if (event) ofOther = startsOther(event, id) ?? ofOther;
        if (ofOther) others++;
        else if (!(event && take(event, found)) && unread++ < MOST_NAMED) first.push(count);
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

/** The object of a line; undefined where it is none. */
function eventIn(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const event: unknown = JSON.parse(line ?? "");
    return typeof event === "object" && event !== null ? (event as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Puts an event where it belongs; false where it is none. */
function take(
  event: Record<string, unknown>,
  into: {
    starts: StartEvent[];
    steps: StepEvent[];
    evals: EvalEvent[];
    diagnoses: DiagnoseEvent[];
    ends: EndEvent[];
  },
): boolean {
  const numbers = (...keys: readonly string[]) => keys.every((key) => isNumber(event[key]));
  const counts = (...keys: readonly string[]) => keys.every((key) => isCount(event[key]));
  if (!counts("step", "epoch")) return false;
  const known = event as unknown;
  switch (event.event) {
    case "step":
      if (!numbers("learningRate", "imagesPerSecond")) return false;
      // A loss that is not finite is written as null.
      into.steps.push({ ...(known as StepEvent), loss: finite(event.loss) });
      return true;
    case "start":
      return counts("steps", "stepsPerEpoch", "batchSize") && into.starts.push(known as StartEvent) > 0;
    case "end":
      return numbers("seconds", "imagesPerSecond") && into.ends.push(known as EndEvent) > 0;
    case "eval":
      return isReport(event.recall) && into.evals.push(known as EvalEvent) > 0;
    case "diagnose":
      return isDiagnosis(event) && into.diagnoses.push(known as DiagnoseEvent) > 0;
    default:
      return true;
  }
}

const finite = (value: unknown): number => (isNumber(value) ? value : Number.NaN);

/** Of float32's range: a chart of larger ones has no axis. */
const isNumber = (value: unknown): value is number => typeof value === "number" && Math.abs(value) < 2 ** 128;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

/** Whether this has what a curve of the targets shows. */
function isDiagnosis({ methods, queries }: Record<string, unknown>): boolean {
  const measured = (value: unknown) => {
    const { method, totalVariation, standardError } = (value ?? {}) as Record<string, unknown>;
    return typeof method === "string" && isNumber(totalVariation) && isNumber(standardError);
  };
  return isCount(queries) && Array.isArray(methods) && methods.every(measured);
}
