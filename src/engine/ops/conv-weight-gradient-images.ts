import { type ConvProblem, exactPads } from "./conv-problem.ts";
import { LARGEST_PARTIAL_SUMS } from "./conv-weight-gradient-rows.ts";
import type { Emitter } from "./definition.ts";
import { reorder } from "./reorder.ts";

/** So many work items keep all cores busy to the end of a convolution. */
const ENOUGH_ITEMS = 12;

/** Whether `imagesAsBlocks` covers the problem: whole blocks of images, one group of channels. */
export const imagesApply = ({ n, o, groups }: ConvProblem, block: number): boolean =>
  groups === 1 && n % block === 0 && o % block === 0;

/** Cuts of the rows worth trying: work for every thread, and operands that stay in its cache. */
export function imageGroups(problem: ConvProblem, block: number): number[] {
  const { n, c, o, kernel, outH } = problem;
  const images = n / block;
  const fits = (groups: number) => images % groups === 0 || (groups % images === 0 && outH % (groups / images) === 0);
  const affordable = (groups: number) => groups === 1 || groups * o * c * kernel[0] * kernel[1] <= LARGEST_PARTIAL_SUMS;
  const items = Math.max(1, c / block) * Math.ceil(o / (4 * block)) * kernel[1];
  const cuts = Array.from({ length: images * outH }, (_, i) => i + 1).filter((cut) => fits(cut) && affordable(cut));
  const enough = cuts.filter((groups) => groups * items >= ENOUGH_ITEMS);
  return enough.length > 0 ? enough.slice(0, 2) : cuts.slice(-1);
}

/** The sizes of `imagesAsBlocks`. */
interface Sizes extends ConvProblem {
  readonly groups: number;
  /** Values of the blocked layout side by side. */
  readonly block: number;
  /** Blocks of images. */
  readonly images: number;
  /** Blocks of input channels, and channels in one. */
  readonly blocks: number;
  readonly lanes: number;
}

/**
 * The weight gradient as blocked convolutions with swapped roles, as `rowsAsKernel`, with other positions in a block: one
 * place of `block` images instead of neighbouring places of one. A kernel row then meets the same blocks of x in another
 * order, so x and dy change their order once, whatever the sizes, the strides and the dilations:
 *   out[o, j, c] = sum over rows q, columns p and images n of dy[n, o, q, p] x[n, c, s q + d i - pad, s p + d j - pad]
 * is kernel row i. Its input channels are (q, n), its tall kernel the columns of dy, its width a block of channels of x,
 * and the blocks of channels its batch. The rows are cut into groups, whose results are summed.
 */
export function imagesAsBlocks(groups: number, emit: Emitter, problem: ConvProblem, x: string, dy: string): string {
  const { n, c, kernel } = problem;
  const { block } = emit;
  const lanes = Math.min(c, block);
  const sizes: Sizes = { ...problem, groups, block, images: n / block, blocks: c / lanes, lanes };
  const filters = filtersOf(emit, sizes, dy);
  if (c < block) return fewChannels(emit, sizes, rowsOfFew(emit, sizes, x), filters);
  const rows = rowsOf(emit, sizes, x);
  const taps = Array.from({ length: kernel[0] }, (_, i) => rowsOfTap(problem, i));
  const source = taps.flat().includes(problem.h) ? withZeros(emit, sizes, rows) : rows;
  const parts = taps.map((taken) => {
    const isWhole = taken.length === problem.h && taken.every((row, q) => row === q);
    const input = isWhole ? rows : emit.node("Gather", [source, emit.ints(taken)], { axis: 2 });
    return convolve(emit, sizes, { input, filters, width: lanes });
  });
  return fromBlocks(emit, sizes, parts.length === 1 ? parts[0]! : emit.node("Concat", parts, { axis: 0 }));
}

/** Blocked x [n, C/b, H, W, b] to [C/b, n/b, H, W b b images]. */
function rowsOf(emit: Emitter, { block, images, blocks, h, w }: Sizes, x: string): string {
  const gathered = reorder(emit, x, [images, block, blocks, h, w, block], [2, 0, 3, 4, 1, 5]);
  const turned = turnSquares(emit, gathered, images * blocks * h * w);
  return emit.node("Reshape", [turned, emit.ints([blocks, images, h, w * block * block])]);
}

/** Plain x [n, C, H, W] to [1, n/b, H, W C b images]. */
function rowsOfFew(emit: Emitter, { block, images, c, h, w }: Sizes, x: string): string {
  const flat = emit.node("Reshape", [x, emit.ints([images, block, c * h * w, 1])]);
  const turned = emit.node("com.microsoft.nchwc:ReorderInput", [flat]);
  const rows = reorder(emit, turned, [images, c, h, w, block], [0, 2, 3, 1, 4]);
  return emit.node("Reshape", [rows, emit.ints([1, images, h, w * c * block])]);
}

/** Blocked dy [n, O/b, H', W', b] as kernels [groups, O/b, rows of a group, W', b images, b channels]. */
function filtersOf(emit: Emitter, { block, images, groups, o, outH, outW }: Sizes, dy: string): string {
  const [outer, inner] = images % groups === 0 ? [groups, images / groups] : [images, 1];
  const cuts = groups / outer;
  return reorder(emit, dy, [outer, inner, block, o / block, cuts, outH / cuts, outW, block], [0, 4, 3, 1, 5, 6, 2, 7]);
}

/** The row of x that kernel row i meets at each row of dy; H where it lies outside. */
function rowsOfTap({ h, outH, strides, pads, dilations }: ConvProblem, i: number): number[] {
  return Array.from({ length: outH }, (_, q) => {
    const row = strides[0] * q + dilations[0] * i - pads[0];
    return row >= 0 && row < h ? row : h;
  });
}

/** [C/b, n/b, H, ...] with zeros as row H. */
function withZeros(emit: Emitter, { block, blocks, images, lanes, w }: Sizes, rows: string): string {
  const zeros = emit.node("Expand", [emit.floats([1], [0]), emit.ints([blocks, images, 1, w * lanes * block])]);
  return emit.node("Concat", [rows, zeros], { axis: 2 });
}

interface Operands {
  readonly input: string;
  readonly filters: string;
  /** Values beside one another at a column of the input. */
  readonly width: number;
}

/** The convolution of one kernel row or of all, summed over its groups: [C/b, O/b KW width b] values. */
function convolve(emit: Emitter, sizes: Sizes, { input, filters, width }: Operands): string {
  const { n, o, w, outH, outW, kernel, strides, pads, dilations, groups, block, blocks } = sizes;
  const after = Math.max(exactPads(sizes)[1], 0);
  const reach = strides[1] * (outW - 1) + 1;
  const columns = Math.floor((w + pads[1] + after - reach) / dilations[1]) + 1;
  const out = emit.node(
    "com.microsoft.nchwc:Conv",
    [
      emit.node("Reshape", [input, emit.ints([blocks, n * outH, w, width])]),
      emit.node("Reshape", [filters, emit.ints([groups * o, (n * outH) / groups, outW, 1])]),
    ],
    {
      kernel_shape: [outW, 1],
      dilations: [strides[1], 1],
      strides: [dilations[1], 1],
      pads: [pads[1], 0, after, 0],
      group: groups,
    },
  );
  const all = emit.node("Reshape", [out, emit.ints([(blocks * groups * o) / block, columns, width * block])]);
  const cut = [kernel[1], columns - kernel[1]];
  const kept = cut[1] === 0 ? all : emit.nodes("Split", [all, emit.ints(cut)], { axis: 1 }, 2)[0]!;
  const byGroup = emit.node("Reshape", [kept, emit.ints([blocks, groups, o * kernel[1] * width])]);
  return groups === 1 ? byGroup : emit.node("ReduceSum", [byGroup, emit.ints([1])], { keepdims: 0 });
}

/** Kernel rows [KH, C/b, O/b, KW, b channels, b] to [O, C, KH, KW] in moves of whole blocks. */
function fromBlocks(emit: Emitter, { o, c, kernel, block, blocks }: Sizes, rows: string): string {
  const [kh, kw] = kernel;
  const turned = turnSquares(emit, rows, (kh * kw * o * c) / block ** 2);
  const blocked = reorder(emit, turned, [kh, blocks, o / block, kw, block, block], [2, 4, 1, 0, 3, 5]);
  return emit.node("Reshape", [toPlain(emit, blocked, [o, c, kh * kw, 1]), emit.ints([o, c, kh, kw])]);
}

/** Where x has few channels, the kernel rows stand beside them and one convolution computes all. */
function fewChannels(emit: Emitter, sizes: Sizes, rows: string, filters: string): string {
  const { images, block, c, o, h, w, outH, kernel } = sizes;
  const [kh, kw] = kernel;
  const taps = Array.from({ length: kh }, (_, i) => rowsOfTap(sizes, i));
  const starts = Array.from({ length: images * outH * kh }, (_, at) => {
    const [i, q, image] = [at % kh, Math.floor(at / kh) % outH, Math.floor(at / (kh * outH))];
    return (image * (h + 1) + taps[i]![q]!) * w;
  });
  const across = Array.from({ length: w }, (_, p) => p);
  const places = emit.node("Add", [
    emit.node("Reshape", [emit.indices(starts), emit.ints([images * outH, 1, kh])]),
    emit.node("Reshape", [emit.indices(across), emit.ints([w, 1])]),
  ]);
  const padded = withZeros(emit, sizes, rows);
  const positions = emit.node("Reshape", [padded, emit.ints([images * (h + 1) * w, c * block])]);
  const input = emit.node("Gather", [positions, places], { axis: 0 });
  const summed = convolve(emit, sizes, { input, filters, width: kh * c });
  const plain = toPlain(emit, summed, [1, o, kw * kh * c, 1]);
  const byChannel = reorder(emit, plain, [o, kw, kh, c], [0, 3, 2, 1]);
  return emit.node("Reshape", [byChannel, emit.ints([o, c, kh, kw])]);
}

/** `count` squares of block x block values, each transposed. */
const turnSquares = (emit: Emitter, squares: string, count: number): string =>
  toPlain(emit, squares, [count, emit.block, emit.block, 1]);

/** A blocked image of this shape in plain order. */
function toPlain(emit: Emitter, blocked: string, shape: readonly number[]): string {
  const image = emit.node("Reshape", [blocked, emit.ints(shape)]);
  return emit.node("com.microsoft.nchwc:ReorderOutput", [image], { channels: shape[1]! });
}
