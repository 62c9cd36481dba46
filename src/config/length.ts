import type { RunConfig } from "./schema.ts";

type Length = Pick<RunConfig, "epochs" | "steps"> & { readonly leastSteps?: number | undefined };

/** The steps of a run whose epoch has `stepsPerEpoch`: as many as asked for, else whole epochs, of at least `leastSteps` in all. */
export function stepsOf({ steps, epochs, leastSteps = 0 }: Length, stepsPerEpoch: number): number {
  return steps ?? Math.max(epochs, Math.ceil(leastSteps / Math.max(1, stepsPerEpoch))) * stepsPerEpoch;
}
