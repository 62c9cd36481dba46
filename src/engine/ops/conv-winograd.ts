import type { Convolution, Pair, Value } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";
import { depthwiseTaps } from "./depthwise-taps.ts";
import { interleaved } from "./interleave.ts";
import { reorder } from "./reorder.ts";

/**
 * A row of the input transform: what it adds of a tile's four rows. The first of two taps is a tile's row `first`, the other
 * `step` rows below.
 */
interface TransformRow {
  readonly first: number;
  readonly step: number;
  readonly weights: readonly [number, number];
}

/** B' of F(2, 3): [1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]. */
const inputRows: readonly TransformRow[] = [
  { first: 0, step: 2, weights: [1, -1] },
  { first: 1, step: 1, weights: [1, 1] },
  { first: 1, step: 1, weights: [-1, 1] },
  { first: 1, step: 2, weights: [1, -1] },
];

/** G of F(2, 3), its last row negated, so that the output transform only adds there. */
const kernelRows: readonly (readonly number[])[] = [
  [1, 0, 0],
  [1 / 2, 1 / 2, 1 / 2],
  [1 / 2, -1 / 2, 1 / 2],
  [0, 0, -1],
];

/** With fewer channels the transforms, which are passes over memory, cost more than the multiplications they save. */
const ENOUGH_CHANNELS = 256;

/** A convolution of images [N, C, H, W] to O channels; of a gradient, C is the output's channels and O the input's. */
interface WinogradProblem {
  readonly n: number;
  readonly c: number;
  readonly o: number;
  readonly h: number;
  readonly w: number;
}

/** Whether the plan takes `winograd` for a 3x3 convolution of stride 1 and pad 1; never where it does not apply. */
export function takesWinograd(
  emit: Emitter,
  kind: "conv" | "dX",
  { n, c, o, h, w }: WinogradProblem,
  { kernel, strides, pads, dilations, groups }: Convolution & { readonly kernel: Pair },
): boolean {
  const isPlain = groups === 1 && [...strides, ...dilations, ...pads].every((count) => count === 1);
  const isSquare = kernel.every((side) => side === 3);
  if (!isPlain || !isSquare || c % emit.block !== 0 || h % 2 !== 0 || w % 2 !== 0) return false;
  const variants = ["direct", "winograd"] as const;
  const preferred = Math.min(c, o) >= ENOUGH_CHANNELS ? "winograd" : "direct";
  return emit.choose(`${kind} ${c}->${o} k3 s1 ${h}x${w} n${n}`, variants, preferred) === "winograd";
}

/**
 * A 3x3 convolution of stride 1 and pad 1 over blocked images of even sides as sixteen pointwise ones, which do 4 of 9
 * multiplications: tiles of 2x2 outputs, F(2x2, 3x3) of Lavin and Gray 2016.
 * @param kernels the sixteen transformed kernels, row by row
 */
export function winograd(
  emit: Emitter,
  { n, c, o, h, w }: WinogradProblem,
  input: string,
  kernels: readonly string[],
): string {
  const product = (a: number, b: number, sum?: string): string => {
    const inputs = [transformed(emit, input, c, [a, b]), kernels[4 * a + b]!, ...(sum === undefined ? [] : ["", sum])];
    return emit.node("com.microsoft.nchwc:Conv", inputs, { kernel_shape: [1, 1] });
  };
  /** Both rows of the outputs, of column b of the products. */
  const rowsOf = (b: number): readonly [string, string] => {
    const [one, two] = [product(1, b), product(2, b)];
    return [product(0, b, emit.node("Add", [one, two])), product(3, b, emit.node("Sub", [one, two]))];
  };
  const [one, two, zero, three] = [1, 2, 0, 3].map(rowsOf) as [Rows, Rows, Rows, Rows];
  const phases = ([0, 1] as const).map((row) => [
    emit.node("Add", [emit.node("Add", [one[row], two[row]]), zero[row]]),
    emit.node("Add", [emit.node("Sub", [one[row], two[row]]), three[row]]),
  ]);
  return interleaved(emit, phases, { shape: [n, o, h, w], strides: [2, 2], lanes: emit.block });
}

type Rows = readonly [string, string];

/** Component [a, b] of every tile, [N, C, H/2, W/2]: a depthwise convolution with two rows and two columns. */
function transformed(emit: Emitter, input: string, c: number, [a, b]: readonly [number, number]): string {
  const [rows, columns] = [inputRows[a]!, inputRows[b]!];
  const taps = rows.weights.flatMap((row) => columns.weights.map((column) => row * column));
  const weight = depthwiseTaps(emit, c, [2, 2], taps);
  const before = [rows, columns].map(({ first }) => 1 - first);
  const after = [rows, columns].map(({ first, step }) => Math.max(first + step - 2, 0));
  return emit.node("com.microsoft.nchwc:Conv", [input, weight], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    dilations: [rows.step, columns.step],
    pads: [...before, ...after],
    group: c,
  });
}

/**
 * The transformed kernels of a weight [O, C, 3, 3], each [O/b, C/b, c, o] in blocks; flipped, of the gradient of the input,
 * [C/b, O/b, o, c].
 */
export function winogradKernels(emit: Emitter, weight: Value, { flip }: { readonly flip: boolean }): string[] {
  const [o, c] = weight.shape as [number, number];
  const b = emit.block;
  const image = flip ? [o, c, 9, 1] : [1, o, c * 9, 1];
  const lanes = emit.node("com.microsoft.nchwc:ReorderInput", [
    emit.node("Reshape", [emit.plain(weight), emit.ints(image)]),
  ]);
  const [split, perm] = flip
    ? [
        [o / b, b, c / b, 9, b],
        [3, 2, 0, 1, 4],
      ]
    : [
        [o / b, c / b, b, 9, b],
        [3, 0, 1, 2, 4],
      ];
  const taps = reorder(emit, lanes, split, perm);
  const matrix = kernelRows.flatMap((row) =>
    kernelRows.flatMap((column) => {
      const all = row.flatMap((x) => column.map((y) => x * y));
      return flip ? all.reverse() : all;
    }),
  );
  const product = emit.node("MatMul", [
    emit.floats([16, 9], matrix),
    emit.node("Reshape", [taps, emit.ints([9, o * c])]),
  ]);
  const shape = emit.ints(flip ? [c, o, 1, 1] : [o, c, 1, 1]);
  return emit.nodes("Split", [product], { axis: 0 }, 16).map((kernel) => emit.node("Reshape", [kernel, shape]));
}
