import type { Tensors } from "../core/index.ts";
import { torchvisionWeights } from "../nn/index.ts";
import { readSafetensors } from "../nn/safetensors-file.ts";
import type { Step } from "../step/index.ts";

const query = "query_encoder.net.";
const key = "key_encoder.net.";

/**
 * Puts a file's backbone weights into both encoders of a step. Returns what its reader should know.
 * @throws MaskconError "weights" with every missing, unexpected and misshapen name.
 */
export async function loadInitialWeights(step: Step, file: string): Promise<readonly string[]> {
  const state = await step.save();
  const shapes = Object.fromEntries(
    Object.entries(state)
      .filter(([name]) => name.startsWith(query))
      .map(([name, { shape }]) => [name.slice(query.length), shape]),
  );
  const { tensors } = await readSafetensors(file);
  const { tensors: matched, newStem, ignored } = torchvisionWeights(tensors, shapes, { where: file });
  const both: Tensors = {};
  for (const [name, tensor] of Object.entries(matched)) {
    both[query + name] = tensor;
    both[key + name] = tensor;
  }
  if (newStem) {
    // The stem stays random, but the two encoders still start alike.
    both[`${key}conv1.weight`] = state[`${query}conv1.weight`]!;
  }
  await step.load(both);
  return [
    ...(newStem ? [`${file}: its 7x7 stem does not fit images of this size; the first convolution starts random`] : []),
    ...(ignored.length > 0 ? [`${file}: ${ignored.length} tensors outside the backbone were left out`] : []),
  ];
}
