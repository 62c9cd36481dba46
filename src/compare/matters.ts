import { methodNames } from "../methods/index.ts";

/** A method of the grid: `frozen` is the encoder before any training. */
export type Kind = (typeof methodNames)[number] | "frozen";
export const cellMethods: readonly Kind[] = ["frozen", ...methodNames];

/** Sees the fine labels in training: an upper reference, no competitor. */
export const isReference = (kind: Kind): boolean => kind === "supfine";

const contrastive = ["weak", "temperature", "keyMomentum", "queueSize", "embeddingDim", "maskOwnKeys"];
const optimiser = ["learningRate", "sgdMomentum", "weightDecay", "epochs", "steps", "warmupEpochs", "averageEpochs"];
const loop = [
  "strong",
  "batchSize",
  "encoder",
  "evalEvery",
  "diagnoseEvery",
  "checkpointEvery",
  "checkpointMinutes",
  "tune",
];

/** Whether a setting changes what a method gives: others are not varied with it, and not accepted as its own. */
export function matters(kind: Kind, key: string): boolean {
  // `...End` is where a schedule leads.
  if (key === "softTemperature" || key === "softTemperatureEnd") return kind === "maskcon";
  if (key === "softWeight" && kind === "coins") return true;
  if (key === "softWeight" || key === "softWeightEnd") return kind === "maskcon" || kind === "grafit";
  // These two weigh the cross-entropy themselves.
  if (key === "coarseWeightEnd") return !["supce", "coins", "frozen"].includes(kind);
  if (contrastive.includes(key)) return kind !== "supce" && kind !== "frozen";
  if (kind !== "frozen") return true;
  return !key.startsWith("coarseWeight") && !optimiser.includes(key) && !loop.includes(key);
}

/**
 * The common settings that a method's run takes over; a batch has to fit the images even where nothing is trained, and
 * SupCE has no key encoder.
 */
export function keptFor(kind: Kind, key: string, value: unknown): boolean {
  if (kind === "supce" && key === "encoder" && value === "key") return false;
  return matters(kind, key) || key === "batchSize";
}
