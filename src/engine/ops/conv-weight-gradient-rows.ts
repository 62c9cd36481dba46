import { type ConvProblem, exactPads } from "./conv-problem.ts";
import type { Emitter } from "./definition.ts";
import { oneTap } from "./depthwise-taps.ts";
import { reorder } from "./reorder.ts";

/** So many work items keep all cores busy to the end of a convolution. */
const ENOUGH_ITEMS = 12;

/** With more values in all groups' partial sums, adding them up costs more than smaller groups save. */
export const LARGEST_PARTIAL_SUMS = 8 * 2 ** 20;

/** A column of the kernel. It multiplies column p of dy with column stride (p + shift) + residue of x. */
interface KernelColumn {
  readonly residue: number;
  readonly shift: number;
}

const columnsOf = ({ kernel, strides: [, stride], pads: [, pad] }: ConvProblem): KernelColumn[] =>
  Array.from({ length: kernel[1] }, (_, j) => {
    const shift = Math.floor((j - pad) / stride);
    return { residue: j - pad - shift * stride, shift };
  });

/**
 * Whether `rowsAsKernel` covers the problem; it needs whole blocks of positions, shifts of at most one column, one group
 * of channels and taps side by side.
 */
export function rowsApply(problem: ConvProblem, block: number): boolean {
  const { n, w, outW, strides, dilations, groups } = problem;
  if (groups > 1 || dilations.some((dilation) => dilation > 1)) return false;
  const [, stride] = strides;
  const fits = w % stride === 0 && w / stride === outW && (n * outW) % block === 0;
  return fits && columnsOf(problem).every(({ shift }) => Math.abs(shift) <= 1);
}

/** Whether rows of dy, or those of a few images, are whole blocks of positions: they are quick to lay out. */
export function inBlocks({ n, outW }: ConvProblem, block: number): boolean {
  const images = block / outW;
  return outW % block === 0 || (Number.isInteger(images) && n % images === 0);
}

/**
 * A 1x1 kernel of stride 1 meets the positions in memory order, so an image may count as rows of one block of positions.
 * Undefined where that is no such kernel, where images are not whole blocks, or where their own rows are quick to lay out.
 */
export function flattened(problem: ConvProblem, block: number): ConvProblem | undefined {
  const { h, w, kernel, strides, pads } = problem;
  const pointwise = [...kernel, ...strides].every((side) => side === 1) && pads.every((pad) => pad === 0);
  if (!pointwise || inBlocks(problem, block) || (h * w) % block !== 0) return undefined;
  const rows = (h * w) / block;
  return { ...problem, h: rows, outH: rows, w: block, outW: block };
}

/**
 * The weight gradient as one blocked convolution with swapped roles: the positions of a row of the whole batch are its
 * input channels, the rows of dy its (tall) kernel, the channels of x its width, so that
 *   out[o, i, c] = sum over rows r and positions p of dy[p, r, o] x[p, stride r + i - pad, c]
 * is the gradient of kernel row i. Kernel columns are dy shifted by a column each, more filters of the same convolution.
 * The batch is cut into groups, so that every thread has work and a group's operands stay in its cache; their results
 * are summed.
 */
export function rowsAsKernel(groups: number, emit: Emitter, problem: ConvProblem, x: string, dy: string): string {
  const { c, o, kernel } = problem;
  const b = emit.block;
  const views = inputViews(emit, problem, x, groups);
  const parts: string[] = [];
  for (const { residue, columns } of convolutionsOf(problem, b)) {
    const kernels = columns.map(({ shift }) => {
      return filters(emit, problem, shift === 0 ? dy : shiftColumns(emit, dy, o, shift), groups);
    });
    const joined = kernels.length === 1 ? kernels[0]! : emit.node("Concat", kernels, { axis: 1 });
    const summed = convolve(emit, problem, { input: views[residue]!, kernels: joined, count: columns.length, groups });
    const split = emit.node("Reshape", [summed, emit.ints([columns.length, o / b, kernel[0], c, b])]);
    const each = columns.length === 1 ? [split] : emit.nodes("Split", [split], { axis: 0 }, columns.length);
    for (const [i, { j }] of columns.entries()) parts[j] = each[i]!;
  }
  const stacked = kernel[1] === 1 ? parts[0]! : emit.node("Concat", parts, { axis: 0 });
  return fromBlocks(emit, problem, stacked);
}

/** [KW, O/b, KH, C, b] to [O, C, KH, KW] in three transposes, each of which moves contiguous runs. */
function fromBlocks(emit: Emitter, { o, c, kernel: [kh, kw] }: ConvProblem, stacked: string): string {
  const image = emit.node("Reshape", [stacked, emit.ints([kw, o, kh * c, 1])]);
  const plain = emit.node("com.microsoft.nchwc:ReorderOutput", [image], { channels: o });
  const taps = reorder(emit, plain, [kw, o, kh, c], [1, 2, 0, 3]);
  const rows = emit.node("Reshape", [taps, emit.ints([o, kh * kw, c])]);
  return emit.node("Reshape", [emit.node("Transpose", [rows], { perm: [0, 2, 1] }), emit.ints([o, c, kh, kw])]);
}

interface ColumnConvolution {
  readonly residue: number;
  readonly columns: readonly (KernelColumn & { readonly j: number })[];
}

/** Columns of one residue share a convolution where each alone has fewer filters than the kernel works on at a time. */
function convolutionsOf(problem: ConvProblem, block: number): ColumnConvolution[] {
  const numbered = columnsOf(problem).map((column, j) => ({ ...column, j }));
  if (problem.o >= 4 * block) return numbered.map((column) => ({ residue: column.residue, columns: [column] }));
  return Array.from({ length: problem.strides[1] }, (_, residue) => ({
    residue,
    columns: numbered.filter((column) => column.residue === residue),
  })).filter(({ columns }) => columns.length > 0);
}

interface ConvolutionInputs {
  readonly input: string;
  readonly kernels: string;
  /** Kernel columns in this call. */
  readonly count: number;
  readonly groups: number;
}

/** One convolution over all positions, summed over its groups: [count O/b KH C b] values. */
function convolve(emit: Emitter, problem: ConvProblem, { input, kernels, count, groups }: ConvolutionInputs): string {
  const { n, c, o, outH, outW, kernel, strides, pads } = problem;
  // Negative where rows of x go unused and more than KH rows come out.
  const [below] = exactPads(problem);
  // With an image a group, dy's own memory order is the kernels': blocks of columns are a second kernel axis.
  const across = inPlace(problem, emit.block, groups) ? outW / emit.block : 1;
  const shape = [groups * count * o, (n * outW) / groups / across, outH, across];
  const out = emit.node("com.microsoft.nchwc:Conv", [input, emit.node("Reshape", [kernels, emit.ints(shape)])], {
    kernel_shape: [outH, across],
    dilations: [strides[0], across === 1 ? 1 : c],
    pads: [pads[0], 0, Math.max(below, 0), 0],
    group: groups,
  });
  const rows = kernel[0] - Math.min(below, 0);
  const blocks = (groups * count * o) / emit.block;
  const all = emit.node("Reshape", [out, emit.ints([blocks, rows, c * emit.block])]);
  const kept =
    rows === kernel[0] ? all : emit.nodes("Split", [all, emit.ints([kernel[0], rows - kernel[0]])], { axis: 1 }, 2)[0]!;
  if (groups === 1) return kept;
  const byGroup = emit.node("Reshape", [kept, emit.ints([groups, count * o * kernel[0] * c])]);
  return emit.node("ReduceSum", [byGroup, emit.ints([0])], { keepdims: 0 });
}

const inPlace = ({ n, outW }: ConvProblem, block: number, groups: number): boolean =>
  groups === n && outW % block === 0;

/** Cuts of the batch worth trying, the likeliest first: whole blocks of positions in each, work for every thread. */
export function rowGroups(problem: ConvProblem, block: number): number[] {
  const { n, o, c, kernel, outW } = problem;
  const items = Math.ceil(o / (4 * block)) * kernel[0];
  const fitting = [1, 2, 4, 8, 16, 32].filter((groups) => n % groups === 0 && ((n / groups) * outW) % block === 0);
  const affordable = (groups: number) => groups === 1 || groups * o * c * kernel[0] * kernel[1] <= LARGEST_PARTIAL_SUMS;
  const enough = fitting.filter((groups) => affordable(groups) && groups * items >= ENOUGH_ITEMS);
  const cuts = enough.length > 0 ? enough.slice(0, 2) : fitting.filter(affordable).slice(-1);
  return inPlace(problem, block, n) && affordable(n) ? [n, ...cuts.filter((groups) => groups !== n)] : cuts;
}

/** dy [N, O, H', W'] with its columns moved by one place, zeros coming in: a depthwise convolution with a one in it. */
function shiftColumns(emit: Emitter, dy: string, o: number, shift: number): string {
  const attributes = { kernel_shape: [1, 3], pads: [0, 1, 0, 1], group: o };
  return emit.node("com.microsoft.nchwc:Conv", [dy, oneTap(emit, o, [1, 3], [0, 1 - shift])], attributes);
}

/** Blocked dy as kernels: [G, O/b, positions/b, H', b positions, b channels], the trailing axes joined. */
function filters(emit: Emitter, problem: ConvProblem, dy: string, groups: number): string {
  const { n, o, outH, outW } = problem;
  const b = emit.block;
  const each = n / groups;
  const joined = (x: string) => emit.node("Reshape", [x, emit.ints([groups, o * each * outW * outH])]);
  if (inPlace(problem, b, groups)) return joined(dy);
  if (outW % b === 0) {
    return joined(reorder(emit, dy, [groups, each, o / b, outH, outW / b, b * b], [0, 2, 1, 4, 3, 5]));
  }
  const images = b / outW;
  if (Number.isInteger(images) && each % images === 0) {
    return joined(reorder(emit, dy, [groups, each / images, images, o / b, outH, outW * b], [0, 3, 1, 4, 2, 5]));
  }
  const columns = reorder(emit, dy, [groups, each, o / b, outH, outW, b], [0, 2, 1, 4, 3, 5]);
  return joined(reorder(emit, columns, [groups, o / b, (each * outW) / b, b, outH, b], [0, 1, 2, 4, 3, 5]));
}

/** x as blocked input [1, positions, H, C]: one view for every residue of its columns by the stride. */
function inputViews(emit: Emitter, problem: ConvProblem, blocked: string, groups: number): string[] {
  const { n, c, h, outW, strides } = problem;
  const [, stride] = strides;
  const b = emit.block;
  if (stride === 1 && outW % b === 0) return [wholeBlocks(emit, problem, blocked, groups)];
  const plain = emit.node("com.microsoft.nchwc:ReorderOutput", [blocked], { channels: c });
  const grid = emit.node("Reshape", [plain, emit.ints([n * c * h, outW, stride])]);
  const parts = stride === 1 ? [plain] : emit.nodes("Split", [grid], { axis: 2 }, stride);
  const images = b / outW;
  return parts.map((part) => {
    let laidOut: string;
    if (outW % b === 0) {
      const [perm, shape] = blockOrder(problem, b, groups);
      laidOut = emit.node("Reshape", [reorder(emit, part, [n, c, h, outW / b, b], perm), emit.ints(shape)]);
      return laidOut;
    }
    if (Number.isInteger(images) && n % images === 0) {
      laidOut = reorder(emit, part, [n / images, images, c, h, outW], [0, 3, 2, 1, 4]);
    } else {
      const columns = reorder(emit, part, [n, c, h, outW], [0, 3, 2, 1]);
      laidOut = reorder(emit, columns, [(n * outW) / b, b, h * c], [0, 2, 1]);
    }
    return emit.node("Reshape", [laidOut, emit.ints([1, n * outW, h, c])]);
  });
}

/** Where columns come in whole blocks: the order of [N, C, H, W'/b, b], and the shape of the input it makes. */
function blockOrder(problem: ConvProblem, block: number, groups: number): [perm: number[], shape: number[]] {
  const { n, c, h, outW } = problem;
  if (!inPlace(problem, block, groups))
    return [
      [0, 3, 2, 1, 4],
      [1, n * outW, h, c],
    ];
  return [
    [0, 2, 3, 1, 4],
    [1, n * block, h, (outW / block) * c],
  ];
}

/** b columns by b channels change places inside every block first, so that the rest moves in runs of whole blocks. */
function wholeBlocks(emit: Emitter, problem: ConvProblem, blocked: string, groups: number): string {
  const { n, c, h, outW } = problem;
  const b = emit.block;
  const squares = emit.node("Reshape", [blocked, emit.ints([(n * c * h * outW) / (b * b), b, 1, b])]);
  const turned = emit.node("com.microsoft.nchwc:ReorderOutput", [squares], { channels: b });
  const [perm, shape] = blockOrder(problem, b, groups);
  return emit.node("Reshape", [reorder(emit, turned, [n, c / b, h, outW / b, b * b], perm), emit.ints(shape)]);
}
