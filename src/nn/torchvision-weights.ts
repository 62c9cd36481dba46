import { fail, firstFew, type Shape, sameShape, showShape, type TensorData, type Tensors } from "../core/index.ts";

export interface MatchedWeights {
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

const QUERY_ENCODER = "query_encoder.net.";
/** Deeper names than any network has. */
const MAX_DEPTH = 16;
/** What stands under a backbone's prefix and is no part of it: heads, and the counters of PyTorch's BatchNorm. */
const notBackbone =
  /^(fc|heads?|linear|projector|projection_head|predictor|prototypes|classifier|classifer)\.|(^|\.)num_batches_tracked$/;

/**
 * Picks a backbone's weights out of a published torchvision or timm ResNet file (names like `layer1.0.bn1.running_mean`),
 * one under any common prefix (`module.encoder_q.`, `backbone.`), or a checkpoint of this project (only its query encoder).
 * `expected` has the shapes by torchvision's names.
 * @throws MaskconError "weights" where names are missing, unexpected or of another shape, with the names in one line.
 */
export function torchvisionWeights(
  tensors: Tensors,
  expected: Readonly<Record<string, Shape>>,
  options: { where?: string } = {},
): MatchedWeights {
  const where = options.where === undefined ? {} : { where: options.where };
  const prefix = prefixOf(Object.keys(tensors), expected, where);
  const { found, ignored, unexpected } = sortNames(tensors, expected, prefix);
  const newStem = isLargeStem(expected["conv1.weight"], found.get("conv1.weight")?.shape);
  if (newStem) found.delete("conv1.weight");
  const wanted = Object.keys(expected).filter((name) => !(newStem && name === "conv1.weight"));
  const missing = wanted.filter((name) => !found.has(name));
  const misshapen = wanted.flatMap((name) => misfit(name, found.get(name), expected[name]!));
  const problems = [list("missing", missing), list("unexpected", unexpected), list("wrong", misshapen)].filter(Boolean);
  if (problems.length > 0) {
    fail("weights", {
      ...where,
      expected: `the ${Object.keys(expected).length} weights of the backbone${prefix && `, all under "${prefix}"`}`,
      found: problems.join("; "),
      fix:
        found.size > 0
          ? "choose the backbone that these weights were made for"
          : "give a ResNet's weights by torchvision's names (conv1.weight, layer1.0.conv1.weight, …)",
    });
  }
  const matched = Object.fromEntries(wanted.map((name) => [name, found.get(name) as TensorData<"float32">]));
  return { tensors: matched, prefix, newStem, ignored };
}

/**
 * What stands before torchvision's names: the prefix under which the file has most of them. Of a checkpoint with several
 * encoders the query encoder is meant: this project's `query_encoder.net.`, MoCo's `encoder_q.`.
 */
function prefixOf(names: readonly string[], expected: Readonly<Record<string, Shape>>, where: { where?: string }) {
  const counts = new Map<string, number>();
  for (const name of names) {
    for (const prefix of prefixesOf(name, expected)) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const most = Math.max(0, ...counts.values());
  const fullest = [...counts.keys()].filter((prefix) => counts.get(prefix) === most);
  const query = fullest.filter((prefix) => prefix === QUERY_ENCODER || /(^|\.)encoder_q\.$/.test(prefix));
  const [prefix = "", other] = query.length > 0 ? query : fullest;
  if (other === undefined || most < 2) return other === undefined ? prefix : "";
  return fail("weights", {
    ...where,
    expected: "the weights of one backbone",
    found: `those of several, under ${[prefix, other].map((p) => (p ? `"${p}"` : "no prefix")).join(" and ")}`,
    fix: "keep one of them in the file",
  });
}

/** Every prefix that makes one of the expected names of this one: its own beginning up to one of its dots. */
function prefixesOf(name: string, expected: Readonly<Record<string, Shape>>): string[] {
  const found: string[] = [];
  for (let at = 0; at >= 0 && found.length < MAX_DEPTH; at = name.indexOf(".", at) + 1 || -1) {
    if (Object.hasOwn(expected, name.slice(at))) found.push(name.slice(0, at));
  }
  return found;
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

function misfit(name: string, tensor: TensorData | undefined, shape: Shape): string[] {
  if (tensor === undefined) return [];
  if (tensor.dtype !== "float32") return [`${name} of ${tensor.dtype} instead of float32`];
  if (!sameShape(tensor.shape, shape)) {
    return [`${name} of shape ${showShape(tensor.shape)} instead of ${showShape(shape)}`];
  }
  return tensor.data.every(Number.isFinite) ? [] : [`${name} with values that are not finite`];
}

function list(what: string, names: readonly string[]): string {
  const cut = names.map((name) => name.slice(0, 100));
  return names.length === 0 ? "" : `${what} ${firstFew(cut, { most: 6 })}`;
}
