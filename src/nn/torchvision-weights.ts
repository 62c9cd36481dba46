import { fail, type Shape, sameShape, showShape, type TensorData, type Tensors } from "../core/index.ts";

export interface MatchedWeights {
  /** Exactly the expected names, less `conv1.weight` where `newStem`. */
  readonly tensors: Record<string, TensorData<"float32">>;
  /**
   * The file's 7x7 stem does not fit a backbone for images of up to 64 pixels, whose first convolution therefore stays
   * new, as in the official MaskCon code.
   */
  readonly newStem: boolean;
  /** Names of the file that belong to no backbone: classifiers, counters, other parts of a checkpoint. */
  readonly ignored: readonly string[];
}

const run = "query_encoder.net.";
const prefixes = [run, "module.", "net.", "backbone."];
const notBackbone = /^(fc|projector|classifier|classifer)\.|(^|\.)num_batches_tracked$/;

/**
 * Picks a backbone's weights out of a published torchvision or timm ResNet file (names like
 * `layer1.0.bn1.running_mean`), the official MaskCon code's (`net.`) or a checkpoint of this project (only its query
 * encoder). `expected` has the shapes by torchvision's names. Throws `weights` with every missing, unexpected and
 * misshapen name in one line.
 */
export function torchvisionWeights(
  tensors: Tensors,
  expected: Readonly<Record<string, Shape>>,
  options: { where?: string } = {},
): MatchedWeights {
  const { found, ignored, unexpected } = sortNames(tensors, expected);
  const newStem = isLargeStem(expected["conv1.weight"], found.get("conv1.weight")?.shape);
  if (newStem) found.delete("conv1.weight");
  const wanted = Object.keys(expected).filter((name) => !(newStem && name === "conv1.weight"));
  const missing = wanted.filter((name) => !found.has(name));
  const misshapen = wanted.flatMap((name) => misfit(name, found.get(name), expected[name]!));
  const problems = [list("missing", missing), list("unexpected", unexpected), list("wrong", misshapen)].filter(Boolean);
  if (problems.length > 0) {
    fail("weights", {
      ...(options.where === undefined ? {} : { where: options.where }),
      expected: `the ${Object.keys(expected).length} weights of the backbone`,
      found: problems.join("; "),
      fix: "choose the backbone that these weights were made for",
    });
  }
  const matched = Object.fromEntries(wanted.map((name) => [name, found.get(name) as TensorData<"float32">]));
  return { tensors: matched, newStem, ignored };
}

function sortNames(tensors: Tensors, expected: Readonly<Record<string, Shape>>) {
  const names = Object.keys(tensors);
  const isRun = names.some((name) => name.startsWith(run));
  const found = new Map<string, TensorData>();
  const ignored: string[] = [];
  const unexpected: string[] = [];
  for (const name of names) {
    const short = withoutPrefixes(name);
    if ((isRun && !name.startsWith(run)) || notBackbone.test(short)) ignored.push(name);
    else if (!Object.hasOwn(expected, short) || found.has(short)) unexpected.push(name);
    else found.set(short, tensors[name]!);
  }
  return { found, ignored, unexpected };
}

function withoutPrefixes(name: string): string {
  const prefix = prefixes.find((p) => name.startsWith(p));
  return prefix === undefined ? name : withoutPrefixes(name.slice(prefix.length));
}

const isLargeStem = (expected: Shape | undefined, found: Shape | undefined): boolean =>
  expected?.length === 4 &&
  found !== undefined &&
  expected[2] === 3 &&
  expected[3] === 3 &&
  sameShape(found, [expected[0]!, expected[1]!, 7, 7]);

function misfit(name: string, tensor: TensorData | undefined, shape: Shape): string[] {
  if (tensor === undefined) return [];
  if (tensor.dtype !== "float32") return [`${name} of ${tensor.dtype} instead of float32`];
  if (!sameShape(tensor.shape, shape)) {
    return [`${name} of shape ${showShape(tensor.shape)} instead of ${showShape(shape)}`];
  }
  return tensor.data.every(Number.isFinite) ? [] : [`${name} with values that are not finite`];
}

function list(what: string, names: readonly string[]): string {
  const shown = names
    .slice(0, 6)
    .map((name) => name.slice(0, 100))
    .join(", ");
  const more = names.length > 6 ? ` and ${names.length - 6} more` : "";
  return names.length === 0 ? "" : `${what} ${shown}${more}`;
}
