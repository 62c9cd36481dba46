import { isReport } from "../eval/index.ts";
import type { DiagnoseEvent, EndEvent, EvalEvent, StartEvent, StepEvent } from "./events.ts";

/** Events of `metrics.jsonl` that its readers show. */
export interface MetricsEvents {
  readonly starts: StartEvent[];
  readonly steps: StepEvent[];
  readonly evals: EvalEvent[];
  readonly diagnoses: DiagnoseEvent[];
  readonly ends: EndEvent[];
}

export const noEvents = (): MetricsEvents => ({ starts: [], steps: [], evals: [], diagnoses: [], ends: [] });

/** The object of a line; undefined where it is none. */
export function objectOfLine(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const event: unknown = JSON.parse(line ?? "");
    return typeof event === "object" && event !== null ? (event as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Puts an event where it belongs; false where it is none. */
export function takeEvent(event: Record<string, unknown>, into: MetricsEvents): boolean {
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
