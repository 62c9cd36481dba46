import type { Tensors } from "../core/index.ts";
import { readSafetensors } from "../formats/safetensors/safetensors-file.ts";
import { torchvisionWeights } from "../nn/index.ts";
import type { Step } from "../step/index.ts";

const QUERY_PREFIX = "query_encoder.net.";

/**
 * Puts a file's backbone weights into every encoder of a step: query, key and average. Returns what its reader should know.
 * @throws MaskconError "weights" where a name is missing, unexpected or misshapen; it lists all of them
 */
export async function loadInitialWeights(step: Step, file: string): Promise<readonly string[]> {
  const state = await step.save();
  const shapes = Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(QUERY_PREFIX))
      .map(([name, { shape }]) => [name.slice(QUERY_PREFIX.length), shape]),
  );
  const { tensors } = await readSafetensors(file);
  const { tensors: matched, prefix, newStem, ignored } = torchvisionWeights(tensors, shapes, { where: file });
  // A stem that stays random is still the same in all encoders.
  const weights = { ...matched, ...(newStem ? { "conv1.weight": state[`${QUERY_PREFIX}conv1.weight`]! } : {}) };
  await step.load(inEveryEncoder(weights, state));
  return [
    ...(prefix ? [`${file}: "${prefix}" was taken off the names of its weights`] : []),
    ...(newStem ? [`${file}: its 7x7 stem does not fit images of this size; the first convolution starts random`] : []),
    ...(ignored.length > 0 ? [`${file}: ${ignored.length} tensors outside the backbone were left out`] : []),
  ];
}

/** Puts tensors of the query encoder, its heads included, into every encoder of a step that has them. */
export async function loadStart(step: Step, tensors: Tensors): Promise<void> {
  const own = Object.entries(tensors).map(([name, tensor]) => [name.slice("query_encoder.".length), tensor]);
  await step.load(inEveryEncoder(Object.fromEntries(own), await step.save(), ""));
}

/** Tensors without a prefix, under the name of each encoder that the state has. */
function inEveryEncoder(weights: Tensors, state: Tensors, part = "net."): Tensors {
  const prefixes = ["query", "key", "average"].map((encoder) => `${encoder}_encoder.${part}`);
  const pairs = prefixes.flatMap((prefix) =>
    Object.entries(weights).map(([name, tensor]) => [prefix + name, tensor] as const),
  );
  return Object.fromEntries(pairs.filter(([name]) => name in state));
}
