import { fail, firstFew, type Tensors } from "../core/index.ts";
import { readSafetensors } from "../formats/safetensors/safetensors-file.ts";
import { torchvisionWeights } from "../nn/index.ts";
import type { Step } from "../step/index.ts";

const QUERY_ENCODER = "query_encoder.";
const QUERY_PREFIX = `${QUERY_ENCODER}net.`;

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

/**
 * Puts the query encoder's tensors of `tensors` (`query_encoder.`: those of `openTail`, of `chooseWhitening`, of another step's
 * state) into every encoder that a step has: query, key and average. Of the projector and the classifier it takes what it has;
 * all other tensors are left out.
 * @throws MaskconError "weights" where the step's encoders have no tensor of a name, "shape" where one has another shape
 */
export async function loadEncoders(step: Step, tensors: Tensors): Promise<void> {
  const state = await step.save();
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(QUERY_ENCODER));
  const unknown = own.map(([name]) => name).filter((name) => name.startsWith(QUERY_PREFIX) && !(name in state));
  if (unknown.length > 0) {
    const fix = "compile the step with the backbone they belong to, whitened where it is";
    fail("weights", { where: "loadEncoders", expected: "names of the step's encoders", found: firstFew(unknown), fix });
  }
  const short = own.map(([name, tensor]) => [name.slice(QUERY_ENCODER.length), tensor]);
  await step.load(inEveryEncoder(Object.fromEntries(short), state, ""));
}

/** Tensors without a prefix, under the name of each encoder that the state has. */
function inEveryEncoder(weights: Tensors, state: Tensors, part = "net."): Tensors {
  const prefixes = ["query", "key", "average"].map((encoder) => `${encoder}_encoder.${part}`);
  const pairs = prefixes.flatMap((prefix) =>
    Object.entries(weights).map(([name, tensor]) => [prefix + name, tensor] as const),
  );
  return Object.fromEntries(pairs.filter(([name]) => name in state));
}
