import { fail } from "../core/index.ts";
import type { FeatureOutput } from "./feature-output.ts";

/** What a vector is made of, of tokens [N, T, D]: the class token, the mean of the patches', or both one after the other. */
export type Pooling = "cls" | "mean" | "cls+mean";

const poolings: readonly Pooling[] = ["cls", "mean", "cls+mean"];

type Kind = FeatureOutput["kind"];

/** More tokens than these before those of the patches are no class token with registers. */
const MOST_BEFORE = 9;

/**
 * Where the tokens of patches start. Patches fill a square; the first of the tokens before them is the class token, those
 * after it are registers. 0: there is no class token.
 */
export function firstPatch(tokens: number): number {
  const before = tokens - Math.floor(Math.sqrt(tokens)) ** 2;
  return before <= MOST_BEFORE ? before : 1;
}

/** How a vector is made of one image's features, in words; `pooling` is that of `poolingFor`. */
export function poolingText(kind: Kind, [, tokens = 0]: readonly number[], pooling: Pooling | undefined): string {
  if (kind === "vector") return "as it is";
  if (kind === "map") return "the mean over height and width";
  const first = firstPatch(tokens);
  if (pooling === "cls") return "the first token (CLS)";
  if (pooling === "mean")
    return first === 0 ? "the mean of the tokens" : `the mean of the last ${tokens - first} tokens`;
  return `the first token (CLS) and the mean of the ${first === 1 ? "others" : `last ${tokens - first}`}`;
}

/**
 * The pooling that is used; undefined where the output is no list of tokens.
 * @throws MaskconError "usage" where the one that is asked for does not fit the output
 */
export function poolingFor(kind: Kind, [, tokens = 0]: readonly number[], asked?: Pooling): Pooling | undefined {
  if (asked !== undefined && !poolings.includes(asked)) {
    fail("usage", { where: "--features", expected: `one of ${poolings.join(", ")}`, found: `"${asked}"` });
  }
  const refuse = (expected: string, found: string, fix: string) =>
    fail("usage", { where: `--features ${asked}`, expected, found, fix });
  if (kind !== "tokens") {
    return asked && refuse("an output of tokens [N, T, D]", `a ${kind}`, "leave it out, or name such an output");
  }
  const hasClassToken = firstPatch(tokens) > 0;
  if (asked === undefined) return hasClassToken ? "cls+mean" : "mean";
  if (asked === "mean" || hasClassToken) return asked;
  return refuse("a class token before those of the patches", `${tokens} tokens, a square`, "use mean");
}

/** The axes of height and width of a map: images are squares, so the two that are alike. [n, H, W, C] comes from TensorFlow. */
export const placesOf = ([, a, b, c]: readonly number[]): readonly [number, number] =>
  a === b && b !== c ? [1, 2] : [2, 3];

const isChannelsLast = (shape: readonly number[]): boolean => placesOf(shape)[0] === 1;

/** F for an output [n, F], [n, T, D], [n, C, H, W] or [n, H, W, C]. */
export function featureDimOf(kind: Kind, shape: readonly number[], pooling: Pooling | undefined): number {
  if (kind === "tokens") return shape[2]! * (pooling === "cls+mean" ? 2 : 1);
  return shape[kind === "map" && isChannelsLast(shape) ? 3 : 1]!;
}

/** Features [n, F] of an output [n, F], [n, T, D], [n, C, H, W] or [n, H, W, C]; sums are in float64. */
export function poolFeatures(
  data: Float32Array,
  kind: Kind,
  shape: readonly number[],
  pooling: Pooling | undefined,
): Float32Array {
  if (kind === "vector") return data;
  if (kind === "tokens") return poolTokens(data, shape, pooling!);
  // Channels last are a list of places, each a token.
  const [n = 0, height = 0, width = 0, channels = 0] = shape;
  return isChannelsLast(shape) ? meanOfTokens(data, [n, height * width, channels]) : poolMap(data, shape);
}

function poolMap(data: Float32Array, [n = 0, channels = 0, height = 0, width = 0]: readonly number[]): Float32Array {
  const places = height * width;
  return Float32Array.from({ length: n * channels }, (_, row) => {
    let sum = 0;
    for (let i = row * places; i < (row + 1) * places; i++) sum += data[i]!;
    return sum / places;
  });
}

function meanOfTokens(data: Float32Array, [n = 0, tokens = 0, d = 0]: readonly number[]): Float32Array {
  const sums = new Float64Array(n * d);
  for (let i = 0; i < data.length; i++) {
    const at = Math.floor(i / (tokens * d)) * d + (i % d);
    sums[at] = sums[at]! + data[i]!;
  }
  return Float32Array.from(sums, (sum) => sum / tokens);
}

function poolTokens(data: Float32Array, [n = 0, tokens = 0, d = 0]: readonly number[], pooling: Pooling): Float32Array {
  const first = firstPatch(tokens);
  const width = pooling === "cls+mean" ? 2 * d : d;
  const out = new Float32Array(n * width);
  const sums = new Float64Array(d);
  for (let image = 0; image < n; image++) {
    const rows = data.subarray(image * tokens * d, (image + 1) * tokens * d);
    if (pooling !== "mean") out.set(rows.subarray(0, d), image * width);
    if (pooling === "cls") continue;
    sums.fill(0);
    for (let at = first * d; at < rows.length; at += d) {
      for (let i = 0; i < d; i++) sums[i] = sums[i]! + rows[at + i]!;
    }
    const start = (image + 1) * width - d;
    for (let i = 0; i < d; i++) out[start + i] = sums[i]! / (tokens - first);
  }
  return out;
}
