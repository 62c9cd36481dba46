import type { ConvProblem } from "./conv-problem.ts";
import type { Emitter } from "./definition.ts";

/** Work items that keep all cores busy to the end of a convolution. */
const enoughItems = 12;

/** Values of all groups' partial sums beyond which adding them up costs more than smaller groups gain. */
const largestPartialSums = 8 * 2 ** 20;

/** A kernel column seen from dy: it meets the columns of x that leave `residue` by the stride, `shift` places further on. */
interface Column {
  readonly residue: number;
  readonly shift: number;
}

const columnsOf = ({ k, stride, pad }: ConvProblem): Column[] =>
  Array.from({ length: k }, (_, j) => {
    const shift = Math.floor((j - pad) / stride);
    return { residue: j - pad - shift * stride, shift };
  });

const padBelow = ({ h, outH, k, stride, pad }: ConvProblem): number => k + stride * (outH - 1) - h - pad;

/** Whether `rowsAsKernel` covers the problem; it needs whole blocks of positions and shifts of at most one column. */
export function rowsApply(problem: ConvProblem, block: number): boolean {
  const { n, w, outW, stride } = problem;
  const fits = w % stride === 0 && w / stride === outW && (n * outW) % block === 0 && padBelow(problem) >= 0;
  return fits && columnsOf(problem).every(({ shift }) => Math.abs(shift) <= 1);
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
  const { c, o, k } = problem;
  const b = emit.block;
  const views = inputViews(emit, problem, x);
  const parts: string[] = [];
  for (const { residue, columns } of convolutionsOf(problem, b)) {
    const kernels = columns.map(({ shift }) => {
      return filters(emit, problem, shift === 0 ? dy : shiftColumns(emit, dy, o, shift), groups);
    });
    const joined = kernels.length === 1 ? kernels[0]! : emit.node("Concat", kernels, { axis: 1 });
    const summed = convolve(emit, problem, { input: views[residue]!, kernels: joined, count: columns.length, groups });
    const split = emit.node("Reshape", [summed, emit.ints([columns.length, o / b, k, c, b])]);
    const each = columns.length === 1 ? [split] : emit.nodes("Split", [split], { axis: 0 }, columns.length);
    for (const [i, { j }] of columns.entries()) parts[j] = each[i]!;
  }
  const stacked = k === 1 ? parts[0]! : emit.node("Concat", parts, { axis: 0 });
  const ordered = emit.node("Transpose", [stacked], { perm: [1, 4, 3, 2, 0] });
  return emit.node("Reshape", [ordered, emit.ints([o, c, k, k])]);
}

interface Convolution {
  readonly residue: number;
  readonly columns: readonly (Column & { readonly j: number })[];
}

/** Columns of one residue share a convolution where each alone has fewer filters than the kernel works on at a time. */
function convolutionsOf(problem: ConvProblem, block: number): Convolution[] {
  const numbered = columnsOf(problem).map((column, j) => ({ ...column, j }));
  if (problem.o >= 4 * block) return numbered.map((column) => ({ residue: column.residue, columns: [column] }));
  return Array.from({ length: problem.stride }, (_, residue) => ({
    residue,
    columns: numbered.filter((column) => column.residue === residue),
  })).filter(({ columns }) => columns.length > 0);
}

interface Call {
  readonly input: string;
  readonly kernels: string;
  /** Kernel columns in this call. */
  readonly count: number;
  readonly groups: number;
}

/** One convolution over all positions, summed over its groups: [count O/b K C b] values. */
function convolve(emit: Emitter, problem: ConvProblem, { input, kernels, count, groups }: Call): string {
  const { n, c, o, outH, outW, k, stride, pad } = problem;
  const weight = emit.node("Reshape", [kernels, emit.ints([groups * count * o, (n * outW) / groups, outH, 1])]);
  const out = emit.node("com.microsoft.nchwc:Conv", [input, weight], {
    kernel_shape: [outH, 1],
    dilations: [stride, 1],
    pads: [pad, 0, padBelow(problem), 0],
    group: groups,
  });
  if (groups === 1) return out;
  const byGroup = emit.node("Reshape", [out, emit.ints([groups, count * o * k * c])]);
  return emit.node("ReduceSum", [byGroup, emit.ints([0])], { keepdims: 0 });
}

/** Cuts of the batch worth trying, the likeliest first: whole blocks of positions in each, work for every thread. */
export function rowGroups({ n, o, c, k, outW }: ConvProblem, block: number): number[] {
  const items = Math.ceil(o / (4 * block)) * k;
  const fitting = [1, 2, 4, 8, 16, 32].filter(
    (groups) =>
      n % groups === 0 &&
      ((n / groups) * outW) % block === 0 &&
      (groups === 1 || groups * o * c * k * k <= largestPartialSums),
  );
  const enough = fitting.filter((groups) => groups * items >= enoughItems);
  return enough.length > 0 ? enough.slice(0, 3) : fitting.slice(-1);
}

/** dy [N, O, H', W'] with its columns moved by one place, zeros coming in: a depthwise convolution with a one in it. */
function shiftColumns(emit: Emitter, dy: string, o: number, shift: number): string {
  const b = emit.block;
  const oneHot = [0, 1, 2].flatMap((tap) => new Array<number>(b).fill(tap === 1 - shift ? 1 : 0));
  const all = Array.from({ length: o / b }, () => oneHot).flat();
  const attributes = { kernel_shape: [1, 3], pads: [0, 1, 0, 1], group: o };
  return emit.node("com.microsoft.nchwc:Conv", [dy, emit.floats([o, 1, 1, 3], all)], attributes);
}

/** Blocked dy as kernels: [G, O/b, positions/b, H', b positions, b channels], the trailing axes joined. */
function filters(emit: Emitter, { n, o, outH, outW }: ConvProblem, dy: string, groups: number): string {
  const b = emit.block;
  const each = n / groups;
  const reorder = (x: string, split: readonly number[], perm: readonly number[]) =>
    emit.node("Transpose", [emit.node("Reshape", [x, emit.ints(split)])], { perm });
  const joined = (x: string) => emit.node("Reshape", [x, emit.ints([groups, o * each * outW * outH])]);
  if (outW % b === 0) {
    return joined(reorder(dy, [groups, each, o / b, outH, outW / b, b * b], [0, 2, 1, 4, 3, 5]));
  }
  const images = b / outW;
  if (Number.isInteger(images) && each % images === 0) {
    return joined(reorder(dy, [groups, each / images, images, o / b, outH, outW * b], [0, 3, 1, 4, 2, 5]));
  }
  const columns = reorder(dy, [groups, each, o / b, outH, outW, b], [0, 2, 1, 4, 3, 5]);
  return joined(reorder(columns, [groups, o / b, (each * outW) / b, b, outH, b], [0, 1, 2, 4, 3, 5]));
}

/** x as blocked input [1, positions, H, C]: one view for every residue of its columns by the stride. */
function inputViews(emit: Emitter, { n, c, h, outW, stride }: ConvProblem, blocked: string): string[] {
  const b = emit.block;
  const plain = emit.node("com.microsoft.nchwc:ReorderOutput", [blocked], { channels: c });
  const grid = emit.node("Reshape", [plain, emit.ints([n * c * h, outW, stride])]);
  const parts = stride === 1 ? [plain] : emit.nodes("Split", [grid], { axis: 2 }, stride);
  const reorder = (x: string, split: readonly number[], perm: readonly number[]) =>
    emit.node("Transpose", [emit.node("Reshape", [x, emit.ints(split)])], { perm });
  const images = b / outW;
  return parts.map((part) => {
    let laidOut: string;
    if (outW % b === 0) laidOut = reorder(part, [n, c, h, outW / b, b], [0, 3, 2, 1, 4]);
    else if (Number.isInteger(images) && n % images === 0) {
      laidOut = reorder(part, [n / images, images, c, h, outW], [0, 3, 2, 1, 4]);
    } else {
      const columns = reorder(part, [n, c, h, outW], [0, 3, 2, 1]);
      laidOut = reorder(columns, [(n * outW) / b, b, h * c], [0, 2, 1]);
    }
    return emit.node("Reshape", [laidOut, emit.ints([1, n * outW, h, c])]);
  });
}
