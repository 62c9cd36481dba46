import type { Node } from "../graph/index.ts";
import type { ConvProblem } from "./conv-problem.ts";
import { rowGroups, rowsApply, rowsAsKernel } from "./conv-weight-gradient-rows.ts";
import type { Emitter } from "./definition.ts";

/**
 * Weight gradients from blocked tensors, by the variant the plan names:
 * `rows<n>`: one blocked convolution with swapped roles, the batch cut into n groups;
 * `slices`: one GEMM a tap over the whole batch, cut in two so that both halves of a long contraction run at once.
 */
export function blockedWeightGradient(emit: Emitter, node: Node<"conv2dWeightGradient">): string | undefined {
  const [x, dy] = node.inputs;
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const [, o, outH, outW] = dy!.shape as [number, number, number, number];
  const { shape, stride, pad } = node.attributes;
  const problem: ConvProblem = { n, c, h, w, o, outH, outW, k: shape[2]!, stride, pad };
  if (o % emit.block !== 0) return "output channels are no multiple of the block";
  if (c >= emit.block && c % emit.block !== 0) return "input channels are no multiple of the block";

  if (c < emit.block) {
    emit.definePlain(node.outputs[0]!, fewChannels(emit, problem, emit.plain(x!), emit.blocked(dy!)));
    return undefined;
  }
  const variants = weightGradientVariants(problem, emit.block);
  const name = `dW ${c}->${o} k${problem.k} s${stride} ${h}x${w} n${n}`;
  const variant = emit.choose(name, variants, variants[0]!);
  const kernel = variant === "slices" ? sliced : rowsAsKernel.bind(undefined, Number(variant.slice("rows".length)));
  emit.definePlain(node.outputs[0]!, kernel(emit, problem, emit.blocked(x!), emit.blocked(dy!)));
  return undefined;
}

function weightGradientVariants(problem: ConvProblem, block: number): string[] {
  const rows = rowsApply(problem, block) ? rowGroups(problem, block) : [];
  return [...rows.map((groups) => `rows${groups}`), "slices"];
}

/** Blocked [N, C, H, W] to [N, H, W, C]. */
function toChannelsLast(
  emit: Emitter,
  blocked: string,
  [n, c, h, w]: readonly [number, number, number, number],
): string {
  const b = emit.block;
  const split = emit.node("Reshape", [blocked, emit.ints([n, c / b, h * w, b])]);
  const moved = emit.node("Transpose", [split], { perm: [0, 2, 1, 3] });
  return emit.node("Reshape", [moved, emit.ints([n, h, w, c])]);
}

function transposedProduct(emit: Emitter, a: string, b: string): string {
  return emit.node("com.microsoft:FusedMatMul", [a, b], { transA: 1 });
}

function sliced(emit: Emitter, p: ConvProblem, x: string, dy: string): string {
  const halves = p.n % 2 === 0 ? 2 : 1;
  const rows = (p.n / halves) * p.outH * p.outW;
  const halved = (name: string, channels: number) => emit.node("Reshape", [name, emit.ints([halves, rows, channels])]);
  const left = halved(toChannelsLast(emit, dy, [p.n, p.o, p.outH, p.outW]), p.o);
  const last = toChannelsLast(emit, x, [p.n, p.c, p.h, p.w]);
  const padded = p.pad === 0 ? last : emit.node("Pad", [last, emit.ints([0, p.pad, p.pad, 0, 0, p.pad, p.pad, 0])]);
  const taps: string[] = [];
  for (let i = 0; i < p.k; i++) {
    for (let j = 0; j < p.k; j++) {
      const ends = [i + (p.outH - 1) * p.stride + 1, j + (p.outW - 1) * p.stride + 1];
      const steps = emit.ints([p.stride, p.stride]);
      const whole = p.k === 1 && p.stride === 1 && p.pad === 0;
      const tap = whole
        ? padded
        : emit.node("Slice", [padded, emit.ints([i, j]), emit.ints(ends), emit.ints([1, 2]), steps]);
      const product = transposedProduct(emit, left, halved(tap, p.c));
      taps.push(emit.node("ReduceSum", [product, emit.ints([0])], { keepdims: 0 }));
    }
  }
  return joinTaps(emit, p, taps);
}

function joinTaps(emit: Emitter, { o, c, k }: ConvProblem, taps: readonly string[]): string {
  if (taps.length === 1) return emit.node("Reshape", [taps[0]!, emit.ints([o, c, k, k])]);
  const stacked = emit.node(
    "Concat",
    taps.map((tap) => emit.node("Reshape", [tap, emit.ints([1, o * c])])),
    { axis: 0 },
  );
  return emit.node("Reshape", [emit.node("Transpose", [stacked], { perm: [1, 0] }), emit.ints([o, c, k, k])]);
}

/** The first layer: im2col of the few plain channels (27 rows for RGB), one small GEMM an image. */
function fewChannels(emit: Emitter, p: ConvProblem, x: string, dy: string): string {
  const positions = p.outH * p.outW;
  const padded = p.pad === 0 ? x : emit.node("Pad", [x, emit.ints([0, 0, p.pad, p.pad, 0, 0, p.pad, p.pad])]);
  const taps: string[] = [];
  for (let i = 0; i < p.k; i++) {
    for (let j = 0; j < p.k; j++) {
      const ends = [i + (p.outH - 1) * p.stride + 1, j + (p.outW - 1) * p.stride + 1];
      const bounds = [emit.ints([i, j]), emit.ints(ends), emit.ints([2, 3]), emit.ints([p.stride, p.stride])];
      taps.push(emit.node("Slice", [padded, ...bounds]));
    }
  }
  const columns = emit.node("Reshape", [
    emit.node("Concat", taps, { axis: 1 }),
    emit.ints([p.n, p.k * p.k * p.c, positions]),
  ]);
  const last = toChannelsLast(emit, dy, [p.n, p.o, p.outH, p.outW]);
  const left = emit.node("Reshape", [last, emit.ints([p.n, positions, p.o])]);
  const perImage = emit.node("com.microsoft:FusedMatMul", [left, columns], { transA: 1, transB: 1 });
  const summed = emit.node("ReduceSum", [perImage, emit.ints([0])], { keepdims: 0 });
  const split = emit.node("Reshape", [summed, emit.ints([p.o, p.k * p.k, p.c])]);
  return emit.node("Reshape", [emit.node("Transpose", [split], { perm: [0, 2, 1] }), emit.ints([p.o, p.c, p.k, p.k])]);
}
