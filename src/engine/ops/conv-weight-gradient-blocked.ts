import type { Node } from "../graph/index.ts";
import type { Emitter } from "./definition.ts";

/** The pieces of a weight gradient problem that its kernels share. */
interface Problem {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly o: number;
  readonly outH: number;
  readonly outW: number;
  readonly k: number;
  readonly stride: number;
  readonly pad: number;
}

/**
 * Weight gradients from blocked tensors, by the variant the plan names:
 * `slices`: one GEMM a tap over the whole batch, cut in two so that both halves of a long contraction run at once;
 * `chunk<n>`: all nine taps of a 3x3 kernel in one GEMM, n images at a time so that the shifted copies stay in cache.
 */
export function blockedWeightGradient(emit: Emitter, node: Node<"conv2dWeightGradient">): string | undefined {
  const [x, dy] = node.inputs;
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const [, o, outH, outW] = dy!.shape as [number, number, number, number];
  const { shape, stride, pad } = node.attributes;
  const problem: Problem = { n, c, h, w, o, outH, outW, k: shape[2]!, stride, pad };
  if (o % emit.block !== 0) return "output channels are no multiple of the block";
  if (c >= emit.block && c % emit.block !== 0) return "input channels are no multiple of the block";

  if (c < emit.block) {
    emit.definePlain(node.outputs[0]!, fewChannels(emit, problem, emit.plain(x!), emit.blocked(dy!)));
    return undefined;
  }
  const variants = weightGradientVariants(problem);
  const name = `dW ${c}->${o} k${problem.k} s${stride} ${h}x${w} n${n}`;
  const variant = emit.choose(name, variants, preferredVariant(problem, variants));
  const kernel = variant === "slices" ? sliced : chunked(Number(variant.slice("chunk".length)));
  emit.definePlain(node.outputs[0]!, kernel(emit, problem, emit.blocked(x!), emit.blocked(dy!)));
  return undefined;
}

function weightGradientVariants({ n, k, stride, pad }: Problem): string[] {
  const fused = k === 3 && stride === 1 && pad === 1;
  const chunks = fused ? [2, 4, 8, 16].filter((chunk) => n % chunk === 0 && chunk < n) : [];
  return ["slices", ...chunks.map((chunk) => `chunk${chunk}`)];
}

/** Before anything is measured: few channels on large maps gain from one GEMM, many on small maps from one a tap. */
function preferredVariant({ c, h, w }: Problem, variants: readonly string[]): string {
  if (c > 160) return "slices";
  const images = Math.max(2, Math.min(16, 2 ** Math.floor(Math.log2((256 * 1024) / (c * h * w)))));
  return variants.includes(`chunk${images}`) ? `chunk${images}` : (variants.at(-1) ?? "slices");
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

function sliced(emit: Emitter, p: Problem, x: string, dy: string): string {
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

function joinTaps(emit: Emitter, { o, c, k }: Problem, taps: readonly string[]): string {
  if (taps.length === 1) return emit.node("Reshape", [taps[0]!, emit.ints([o, c, k, k])]);
  const stacked = emit.node(
    "Concat",
    taps.map((tap) => emit.node("Reshape", [tap, emit.ints([1, o * c])])),
    { axis: 0 },
  );
  return emit.node("Reshape", [emit.node("Transpose", [stacked], { perm: [1, 0] }), emit.ints([o, c, k, k])]);
}

/**
 * X3 = [x right | x | x left] along the width, with a zero row above and below: [n (H+2) W, 3C].
 * D3 = dy moved down by 0, 1 and 2 rows on the same rows: [n (H+2) W, 3O]. D3' X3 holds tap (i, j) in block (i, j).
 */
function chunked(images: number) {
  return (emit: Emitter, p: Problem, x: string, dy: string): string => {
    const pieces = p.n / images;
    const rows = images * (p.h + 2) * p.w;
    const zeroColumn = emit.floats([images, p.h, 1, p.c], new Array(images * p.h * p.c).fill(0));
    const zeroRow = emit.floats([images, 1, p.w, 3 * p.c], new Array(images * p.w * 3 * p.c).fill(0));
    const [oneRow, twoRows] = [1, 2].map((n) =>
      emit.floats([images, n, p.w, p.o], new Array(images * n * p.w * p.o).fill(0)),
    );
    const xs = cut(emit, x, pieces);
    const dys = cut(emit, dy, pieces);
    let total: string | undefined;
    for (let piece = 0; piece < pieces; piece++) {
      const xi = toChannelsLast(emit, xs[piece]!, [images, p.c, p.h, p.w]);
      const di = toChannelsLast(emit, dys[piece]!, [images, p.o, p.h, p.w]);
      const [withoutLast] = emit.nodes("Split", [xi, emit.ints([p.w - 1, 1])], { axis: 2 }, 2);
      const [, withoutFirst] = emit.nodes("Split", [xi, emit.ints([1, p.w - 1])], { axis: 2 }, 2);
      const right = emit.node("Concat", [zeroColumn, withoutLast!], { axis: 2 });
      const left = emit.node("Concat", [withoutFirst!, zeroColumn], { axis: 2 });
      const wide = emit.node("Concat", [right, xi, left], { axis: 3 });
      const x3 = emit.node("Concat", [zeroRow, wide, zeroRow], { axis: 1 });
      const moved = [
        [di, twoRows!],
        [oneRow!, di, oneRow!],
        [twoRows!, di],
      ].map((parts) => emit.node("Concat", parts, { axis: 1 }));
      const d3 = emit.node("Concat", moved, { axis: 3 });
      const product = transposedProduct(
        emit,
        emit.node("Reshape", [d3, emit.ints([rows, 3 * p.o])]),
        emit.node("Reshape", [x3, emit.ints([rows, 3 * p.c])]),
      );
      total = total === undefined ? product : emit.node("Add", [total, product]);
    }
    const blocks = emit.node("Reshape", [total!, emit.ints([3, p.o, 3, p.c])]);
    const ordered = emit.node("Transpose", [blocks], { perm: [1, 3, 0, 2] });
    return emit.node("Reshape", [ordered, emit.ints([p.o, p.c, 3, 3])]);
  };
}

function cut(emit: Emitter, x: string, pieces: number): string[] {
  return pieces === 1 ? [x] : emit.nodes("Split", [x], { axis: 0 }, pieces);
}

/** The first layer: im2col of the few plain channels (27 rows for RGB), one small GEMM an image. */
function fewChannels(emit: Emitter, p: Problem, x: string, dy: string): string {
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
