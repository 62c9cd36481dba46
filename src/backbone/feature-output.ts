import { fail, firstFew } from "../core/index.ts";
import type { OnnxFileGraph, OnnxFileValue } from "../formats/onnx/index.ts";
import { valueText } from "./image-input.ts";

/** The output of a foreign model that is used as features, by its rank: a vector, tokens [N, T, D], or a map [N, C, H, W]. */
export interface FeatureOutput {
  readonly name: string;
  readonly kind: "vector" | "tokens" | "map";
}

/** Names that exporters give to features, the best first. Class scores are the last choice. */
const usualNames = [
  ...["features", "image_embeds", "image_features", "image_embeddings", "embeddings", "embedding"],
  ...["last_hidden_state", "pooler_output"],
];
export const isUsualName = (name: string): boolean => usualNames.includes(name);
export const isScores = (name: string): boolean => /logits|scores|probabilit|softmax|predictions/i.test(name);

const kinds = { 2: "vector", 3: "tokens", 4: "map" } as const;

/**
 * The output to take features from: the one that is asked for, else the one with a usual name, else the first that is no list
 * of class scores.
 * @throws MaskconError "weights" where no output can be features, "usage" where no output has the name asked for
 */
export function featureOutput(file: string, { outputs }: OnnxFileGraph, asked?: string): FeatureOutput {
  const usable = outputs.filter((output) => kindOf(output));
  const found = outputs.length === 0 ? "no output" : firstFew(outputs.map(valueText), { most: 6 });
  if (asked !== undefined) {
    const output = outputs.find(({ name }) => name === asked);
    const kind = output && kindOf(output);
    if (kind) return { name: asked, kind };
    const expected = output ? "an output of rank 2, 3 or 4" : "one of the model's outputs";
    return fail("usage", { where: `--feature-output ${asked}`, expected, found });
  }
  const expected = "a model with features as an output: [N, F], [N, T, D] or [N, C, H, W]";
  const output =
    usualNames.flatMap((name) => usable.filter((value) => value.name === name))[0] ??
    usable.find(({ name }) => !isScores(name)) ??
    usable[0];
  if (!output) return fail("weights", { where: file, expected, found });
  return { name: output.name, kind: kindOf(output)! };
}

function kindOf({ type, shape }: OnnxFileValue): FeatureOutput["kind"] | undefined {
  if (type !== "float32" && type !== "float16") return undefined;
  return kinds[shape?.length as keyof typeof kinds];
}
