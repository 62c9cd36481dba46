import type { EvalReport } from "./evaluate.ts";

/** Whether this has the shape of an evaluation: coarse recall, and the others where they are there at all. */
export function isReport(value: unknown): value is EvalReport {
  if (typeof value !== "object" || value === null) return false;
  const { coarse, fine, within } = value as Record<string, unknown>;
  return isRecall(coarse) && [fine, within].every((recall) => recall === undefined || isRecall(recall));
}

const isRecall = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((share) => typeof share === "number" && share >= 0 && share <= 1);
