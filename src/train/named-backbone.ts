import { isModelFile, type RunConfig } from "../config/index.ts";
import { fail } from "../core/index.ts";
import type { BackboneName } from "../step/index.ts";

/**
 * The backbone of a run that trains on images.
 * @throws MaskconError "config" where it is a model from a file
 */
export function namedBackbone({ backbone }: Pick<RunConfig, "backbone">): BackboneName {
  if (!isModelFile(backbone)) return backbone;
  return fail("config", {
    where: backbone,
    expected: "a backbone of this package",
    found: "a model from a file, which is not trained itself",
    fix: "use `train`, which opens it",
  });
}
