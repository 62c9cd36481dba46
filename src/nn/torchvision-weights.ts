import { fail, firstFew, type Shape, sameShape, type TensorData, type Tensors } from "../core/index.ts";
import { torchvisionName } from "./transformers-names.ts";
import { advice, misfit } from "./weight-mismatch.ts";
import { prefixOf } from "./weight-prefix.ts";

interface MatchedWeights {
  /** Exactly the expected names, less `conv1.weight` where `newStem`. */
  readonly tensors: Record<string, TensorData<"float32">>;
  /** What stood before the names in the file; empty where nothing did. */
  readonly prefix: string;
  /**
   * The file's 7x7 stem does not fit a backbone for images of up to 64 pixels, whose first convolution therefore stays
   * new, as in the official MaskCon code.
   */
  readonly newStem: boolean;
  /** Names of the file that belong to no backbone: classifiers, counters, other parts of a checkpoint. */
  readonly ignored: readonly string[];
}

/** What stands under a backbone's prefix and is no part of it: heads, and the counters of PyTorch's BatchNorm. */
const notBackbone =
  /^(fc|heads?|linear|projector|projection_head|predictor|prototypes|classifier|classifer)\.|(^|\.)num_batches_tracked$/;

/**
 * Picks a backbone's weights out of a published ResNet file of torchvision or timm (names like `layer1.0.bn1.running_mean`)
 * or of transformers, one under any common prefix (`module.encoder_q.`, `backbone.`), or a checkpoint of this project
 * (only its query encoder).
 * `expected` has the shapes by torchvision's names.
 * @throws MaskconError "weights" where names are missing, unexpected or of another shape, with the names in one line.
 */
export function torchvisionWeights(
  file: Tensors,
  expected: Readonly<Record<string, Shape>>,
  options: { where?: string } = {},
): MatchedWeights {
  const tensors = byTorchvisionNames(file);
  const where = options.where === undefined ? {} : { where: options.where };
  const prefix = prefixOf(Object.keys(tensors), expected, where);
  const { found, ignored, unexpected } = sortNames(tensors, expected, prefix);
  const newStem = isLargeStem(expected["conv1.weight"], found.get("conv1.weight")?.shape);
  if (newStem) found.delete("conv1.weight");
  const wanted = Object.keys(expected).filter((name) => !(newStem && name === "conv1.weight"));
  const missing = wanted.filter((name) => !found.has(name));
  const misfits = wanted.flatMap((name) => misfit(name, found.get(name), expected[name]!));
  const problems = [
    list("missing", missing),
    list("unexpected", unexpected),
    list(
      "wrong",
      misfits.map((m) => m.text),
    ),
  ];
  if (problems.some(Boolean)) {
    fail("weights", {
      ...where,
      expected: `the ${Object.keys(expected).length} weights of the backbone${prefix && `, all under "${prefix}"`}`,
      found: problems.filter(Boolean).join("; "),
      fix: advice({ wanted, missing, unexpected, misfits }),
    });
  }
  const matched = Object.fromEntries(wanted.map((name) => [name, found.get(name) as TensorData<"float32">]));
  return { tensors: matched, prefix, newStem, ignored };
}

function byTorchvisionNames(file: Tensors): Tensors {
  const renamed = Object.entries(file).map(([name, tensor]) => {
    const theirs = torchvisionName(name);
    return [Object.hasOwn(file, theirs) ? name : theirs, tensor] as const;
  });
  return Object.fromEntries(renamed);
}

function sortNames(tensors: Tensors, expected: Readonly<Record<string, Shape>>, prefix: string) {
  const found = new Map<string, TensorData>();
  const ignored: string[] = [];
  const unexpected: string[] = [];
  for (const [name, tensor] of Object.entries(tensors)) {
    const short = name.slice(prefix.length);
    if (!name.startsWith(prefix) || notBackbone.test(short)) ignored.push(name);
    else if (Object.hasOwn(expected, short)) found.set(short, tensor);
    else unexpected.push(name);
  }
  return { found, ignored, unexpected };
}

const isLargeStem = (expected: Shape | undefined, found: Shape | undefined): boolean =>
  expected?.length === 4 &&
  found !== undefined &&
  expected[2] === 3 &&
  expected[3] === 3 &&
  sameShape(found, [expected[0]!, expected[1]!, 7, 7]);

function list(what: string, names: readonly string[]): string {
  const cut = names.map((name) => name.slice(0, 100));
  return names.length === 0 ? "" : `${what} ${firstFew(cut, { most: 6 })}`;
}
