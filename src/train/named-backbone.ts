import { isModelFile, type RunConfig } from "../config/index.ts";
import { fail } from "../core/index.ts";
import type { BackboneName } from "../step/index.ts";

/**
 * The backbone of this package that a run trains. A model from a file is opened first: what is trained then is an adapter
 * behind it, with the model's last blocks or all of it where the run says so.
 * @throws MaskconError "config" where it is a model from a file
 */
export function namedBackbone({ backbone }: Pick<RunConfig, "backbone">): BackboneName {
  if (!isModelFile(backbone)) return backbone;
  return fail("config", {
    where: backbone,
    expected: "a backbone of this package",
    found: "a model from a file",
    fix: "use `train`, which opens it, or give `backbone` that of `openTail`, or { features } of `openTrunk`",
  });
}
