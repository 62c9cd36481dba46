import type { Node } from "../graph/index.ts";
import { patchesOf } from "./conv-patches.ts";
import { type ConvProblem, convProblem, inPatches, isDepthwise, unfitForBlocks } from "./conv-problem.ts";
import { tapRange } from "./conv-taps.ts";
import { depthwiseWeightGradient } from "./conv-weight-gradient-depthwise.ts";
import { imageGroups, imagesApply, imagesAsBlocks } from "./conv-weight-gradient-images.ts";
import { flattened, inBlocks, rowGroups, rowsApply, rowsAsKernel } from "./conv-weight-gradient-rows.ts";
import type { Emitter } from "./definition.ts";
import { reorder } from "./reorder.ts";

/**
 * Weight gradients from blocked tensors, by the variant the plan names:
 * `rows<n>`: one blocked convolution with swapped roles, the batch cut into n groups;
 * `flat<n>`: the same of a 1x1 kernel, whose positions may be laid out in rows of any length;
 * `images<n>`: the same with blocks of images in place of blocks of columns;
 * `patches`: im2col, for few channels;
 * `slices`: one GEMM a tap over the whole batch, cut in two so that both halves of a long contraction run at once.
 */
export function blockedWeightGradient(emit: Emitter, node: Node<"conv2dWeightGradient">): string | undefined {
  const [x, dy] = node.inputs;
  const { shape, ...convolution } = node.attributes;
  const problem = convProblem(x!.shape, shape, dy!.shape, convolution);
  const refusal = unfitForBlocks(emit.block, problem);
  if (refusal !== undefined) return refusal;
  emit.definePlain(node.outputs[0]!, weightGradient());
  return undefined;

  function weightGradient(): string {
    if (isDepthwise(problem)) {
      const operands = { x: emit.blocked(x!), dy: emit.blocked(dy!), lanes: emit.block };
      return depthwiseWeightGradient(emit, problem, operands);
    }
    const variants = weightGradientVariants(problem, emit.block);
    const variant = emit.choose(nameOf(problem), variants, variants[0]!);
    const operands = [problem.c < emit.block ? emit.plain(x!) : emit.blocked(x!), emit.blocked(dy!)] as const;
    if (variant.startsWith("images")) return imagesAsBlocks(Number(variant.slice(6)), emit, problem, ...operands);
    if (variant === "patches") return fewChannels(emit, problem, ...operands);
    if (variant === "slices") return sliced(emit, problem, ...operands);
    const rows = variant.startsWith("flat") ? flattened(problem, emit.block)! : problem;
    return rowsAsKernel(Number(variant.replace(/\D+/, "")), emit, rows, ...operands);
  }
}

/** The computation's name in a plan: what is square, ungrouped and padded evenly has a short one. */
function nameOf({ n, c, h, w, o, kernel, strides, pads, dilations, groups }: ConvProblem): string {
  const side = ([a, b]: readonly [number, number]) => (a === b ? `${a}` : `${a}x${b}`);
  const sizes = [`dW ${c}->${o} k${side(kernel)} s${side(strides)} ${h}x${w} n${n}`];
  if (pads.some((pad) => pad !== pads[0])) sizes.push(`p${pads}`);
  if (dilations[0] * dilations[1] > 1) sizes.push(`d${side(dilations)}`);
  if (groups > 1) sizes.push(`g${groups}`);
  return sizes.join(" ");
}

function weightGradientVariants(problem: ConvProblem, block: number): string[] {
  const named = (name: string, rows: ConvProblem | undefined) =>
    rows && rowsApply(rows, block) ? rowGroups(rows, block).map((groups) => `${name}${groups}`) : [];
  const images = imagesApply(problem, block) ? imageGroups(problem, block).map((groups) => `images${groups}`) : [];
  if (problem.c < block) return [...images, "patches"];
  const rows = named("rows", problem);
  if (inBlocks(problem, block)) return [...rows, ...images, "slices"];
  return [...images, ...named("flat", flattened(problem, block)), ...rows, "slices"];
}

/** Blocked [N, C, H, W] to [N, H, W, C]; of several groups to [groups N, H, W, C / groups]. */
function toChannelsLast(
  emit: Emitter,
  blocked: string,
  [n, c, h, w]: readonly [number, number, number, number],
  groups = 1,
): string {
  const b = emit.block;
  const split = groups === 1 ? [n, c / b, h * w, b] : [n, groups, c / groups / b, h * w, b];
  const perm = groups === 1 ? [0, 2, 1, 3] : [1, 0, 3, 2, 4];
  return emit.node("Reshape", [reorder(emit, blocked, split, perm), emit.ints([groups * n, h, w, c / groups])]);
}

function transposedProduct(emit: Emitter, a: string, b: string): string {
  return emit.node("com.microsoft:FusedMatMul", [a, b], { transA: 1 });
}

function sliced(emit: Emitter, p: ConvProblem, x: string, dy: string): string {
  const { groups } = p;
  const halves = p.n % 2 === 0 ? 2 : 1;
  const rows = (p.n / halves) * p.outH * p.outW;
  const halved = (name: string, channels: number) =>
    emit.node("Reshape", [name, emit.ints([groups * halves, rows, channels / groups])]);
  const left = halved(toChannelsLast(emit, dy, [p.n, p.o, p.outH, p.outW], groups), p.o);
  const last = toChannelsLast(emit, x, [p.n, p.c, p.h, p.w], groups);
  const [above, before, below, after] = p.pads;
  const unpadded = p.pads.every((pad) => pad === 0);
  const padded = unpadded ? last : emit.node("Pad", [last, emit.ints([0, above, before, 0, 0, below, after, 0])]);
  const taps: string[] = [];
  for (let i = 0; i < p.kernel[0]; i++) {
    for (let j = 0; j < p.kernel[1]; j++) {
      const whole = p.kernel[0] * p.kernel[1] * p.strides[0] * p.strides[1] === 1 && unpadded;
      const tap = whole ? padded : emit.node("Slice", [padded, ...tapRange(emit, p, [i, j], [1, 2])]);
      const product = transposedProduct(emit, left, halved(tap, p.c));
      if (groups === 1) {
        taps.push(emit.node("ReduceSum", [product, emit.ints([0])], { keepdims: 0 }));
      } else {
        const byGroup = emit.node("Reshape", [product, emit.ints([groups, halves, (p.o / groups) * (p.c / groups)])]);
        taps.push(emit.node("ReduceSum", [byGroup, emit.ints([1])], { keepdims: 0 }));
      }
    }
  }
  return joinTaps(emit, p, taps);
}

function joinTaps(emit: Emitter, { o, c, kernel, groups }: ConvProblem, taps: readonly string[]): string {
  const shape = emit.ints([o, c / groups, ...kernel]);
  if (taps.length === 1) return emit.node("Reshape", [taps[0]!, shape]);
  const stacked = emit.node(
    "Concat",
    taps.map((tap) => emit.node("Reshape", [tap, emit.ints([1, (o * c) / groups])])),
    { axis: 0 },
  );
  return emit.node("Reshape", [emit.node("Transpose", [stacked], { perm: [1, 0] }), shape]);
}

/** The first layer's im2col holds so many values at a time; with more, rows of the kernel are taken one after the other. */
const LARGEST_COLUMNS = 10 * 2 ** 20;

/** The first layer: im2col of the few plain channels (27 rows for RGB), one small GEMM an image; of patches, a GEMM in all. */
function fewChannels(emit: Emitter, p: ConvProblem, x: string, dy: string): string {
  const positions = p.outH * p.outW;
  const area = p.kernel[0] * p.kernel[1];
  if (inPatches(p)) {
    const last = toChannelsLast(emit, dy, [p.n, p.o, p.outH, p.outW]);
    const left = emit.node("Reshape", [last, emit.ints([p.n * positions, p.o])]);
    const right = emit.node("Reshape", [patchesOf(emit, p, x), emit.ints([p.n * positions, p.c * area])]);
    return emit.node("Reshape", [transposedProduct(emit, left, right), emit.ints([p.o, p.c, ...p.kernel])]);
  }
  const pads = emit.ints([0, 0, p.pads[0], p.pads[1], 0, 0, p.pads[2], p.pads[3]]);
  const padded = p.pads.every((pad) => pad === 0) ? x : emit.node("Pad", [x, pads]);
  const last = toChannelsLast(emit, dy, [p.n, p.o, p.outH, p.outW]);
  const left = emit.node("Reshape", [last, emit.ints([p.n, positions, p.o])]);
  const rows = Math.max(1, Math.floor(LARGEST_COLUMNS / (p.n * p.kernel[1] * p.c * positions)));
  const parts: string[] = [];
  for (let first = 0; first < p.kernel[0]; first += rows) {
    const taps: string[] = [];
    for (let i = first; i < Math.min(first + rows, p.kernel[0]); i++) {
      for (let j = 0; j < p.kernel[1]; j++) {
        taps.push(emit.node("Slice", [padded, ...tapRange(emit, p, [i, j], [2, 3])]));
      }
    }
    const columns = emit.node("Reshape", [
      emit.node("Concat", taps, { axis: 1 }),
      emit.ints([p.n, taps.length * p.c, positions]),
    ]);
    const perImage = emit.node("com.microsoft:FusedMatMul", [left, columns], { transA: 1, transB: 1 });
    parts.push(emit.node("ReduceSum", [perImage, emit.ints([0])], { keepdims: 0 }));
  }
  const summed = parts.length === 1 ? parts[0]! : emit.node("Concat", parts, { axis: 1 });
  const split = emit.node("Reshape", [summed, emit.ints([p.o, area, p.c])]);
  const byChannel = emit.node("Transpose", [split], { perm: [0, 2, 1] });
  return emit.node("Reshape", [byChannel, emit.ints([p.o, p.c, ...p.kernel])]);
}
