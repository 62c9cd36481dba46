import type { OpAttributes } from "../../src/engine/index.ts";
import type { Evaluators, Exact } from "./reference.ts";
import { at, build, count, position } from "./reference-index.ts";

type Four = readonly [number, number, number, number];
const four = (x: Exact): Four => x.shape as unknown as Four;

type Two = readonly [number, number];

interface Geometry {
  readonly kernel: Two;
  readonly strides: Two;
  readonly pads: Four;
  readonly dilations?: Two;
}

/** Visits every (output, kernel, input) position triple of a window that slides over an image; outside positions are left out. */
function slide(
  size: Two,
  out: Two,
  { kernel, strides, pads, dilations = [1, 1] }: Geometry,
  visit: (outY: number, outX: number, tapY: number, tapX: number, y: number, x: number) => void,
): void {
  for (let outY = 0; outY < out[0]; outY++)
    for (let outX = 0; outX < out[1]; outX++)
      for (let tapY = 0; tapY < kernel[0]; tapY++)
        for (let tapX = 0; tapX < kernel[1]; tapX++) {
          const y = outY * strides[0] + tapY * dilations[0] - pads[0];
          const x = outX * strides[1] + tapX * dilations[1] - pads[1];
          if (y >= 0 && y < size[0] && x >= 0 && x < size[1]) visit(outY, outX, tapY, tapX, y, x);
        }
}

type Roles = { x: Exact; w: Exact; y: Exact };

type Convolution = OpAttributes["conv2d"];

/** The sum a convolution is, walked once; what is accumulated where tells forward from its two gradients. */
function convolution(
  { x, w, y }: Roles,
  { strides, pads, dilations, groups }: Convolution,
  into: keyof Roles,
): Exact[] {
  const [n, c, height, width] = four(x);
  const [o, each, kh, kw] = four(w);
  const [, , outHeight, outWidth] = four(y);
  const [xs, ws, ys] = [x.data, w.data, y.data];
  const geometry = { kernel: [kh, kw], strides, pads, dilations } as const;
  const [forward, toInput] = [into === "y", into === "x"];
  slide([height, width], [outHeight, outWidth], geometry, (outY, outX, tapY, tapX, row, column) => {
    for (let image = 0; image < n; image++)
      for (let output = 0; output < o; output++) {
        const channel = Math.floor(output / (o / groups)) * each;
        const iy = ((image * o + output) * outHeight + outY) * outWidth + outX;
        let ix = ((image * c + channel) * height + row) * width + column;
        let iw = (output * each * kh + tapY) * kw + tapX;
        let total = ys[iy]!;
        for (let input = 0; input < each; input++, ix += height * width, iw += kh * kw) {
          if (forward) total += xs[ix]! * ws[iw]!;
          else if (toInput) xs[ix]! += total * ws[iw]!;
          else ws[iw]! += total * xs[ix]!;
        }
        if (forward) ys[iy] = total;
      }
  });
  return [{ x, w, y }[into]];
}

const zeros = (shape: readonly number[]): Exact => ({ shape, data: new Float64Array(count(shape)) });

/** The places of a kernel along both axes, counted. */
const outputSize = (size: Two, { kernel, strides, pads, dilations = [1, 1] }: Geometry): Two =>
  [0, 1].map((axis) => {
    const end = size[axis]! + pads[axis + 2]! - (kernel[axis]! - 1) * dilations[axis]!;
    let places = 0;
    for (let start = -pads[axis]!; start < end; start += strides[axis]!) places++;
    return places;
  }) as unknown as Two;

/** All values of channel `c`, and the mean of `f` over them. */
function channelMean(x: Exact, c: number, f: (value: number, i: number) => number): number {
  const [n, , h, w] = four(x);
  let total = 0;
  for (let image = 0; image < n; image++)
    for (let i = 0; i < h * w; i++) {
      const flat = (image * x.shape[1]! + c) * h * w + i;
      total += f(x.data[flat]!, flat);
    }
  return total / (n * h * w);
}

const perChannel = (channels: number, f: (c: number) => number): Exact => build([channels], ([c]) => f(c!));

/** The input position a window's maximum stands at: the first in row order. */
function winners(x: Exact, geometry: Geometry, visit: (output: readonly number[], winner: number) => void): number[] {
  const [n, c, h, w] = four(x);
  const out = outputSize([h, w], geometry);
  for (let image = 0; image < n; image++)
    for (let channel = 0; channel < c; channel++) {
      const best = new Map<number, number>();
      slide([h, w], out, geometry, (outY, outX, _tapY, _tapX, row, column) => {
        const key = outY * out[1] + outX;
        const flat = position([image, channel, row, column], x.shape);
        const known = best.get(key);
        if (known === undefined || x.data[flat]! > x.data[known]!) best.set(key, flat);
      });
      for (const [key, flat] of best) visit([image, channel, Math.floor(key / out[1]), key % out[1]], flat);
    }
  return [n, c, ...out];
}

export const networkOps: Evaluators<
  | "crossEntropy"
  | "conv2d"
  | "conv2dInputGradient"
  | "conv2dWeightGradient"
  | "batchNorm"
  | "batchNormGradient"
  | "batchNormInference"
  | "maxPool"
  | "maxPoolGradient"
  | "averagePool"
  | "globalAveragePool"
  | "globalAveragePoolGradient"
> = {
  crossEntropy: ([logits, targets]) => {
    const [rows, columns] = logits!.shape as [number, number];
    const row = (x: Exact, r: number) => x.data.subarray(r * columns, (r + 1) * columns);
    const softmax = zeros(logits!.shape);
    const losses = build([rows], ([r]) => {
      const l = row(logits!, r!);
      const largest = Math.max(...l);
      const logSum = largest + Math.log(l.reduce((total, x) => total + Math.exp(x - largest), 0));
      row(softmax, r!).set(l.map((x) => Math.exp(x - logSum)));
      return row(targets!, r!).reduce((total, t, j) => total - t * (l[j]! - logSum), 0);
    });
    return [losses, softmax];
  },
  conv2d: ([x, w], attributes) => {
    const [n, , h, width] = four(x!);
    const [o, , kh, kw] = four(w!);
    const y = zeros([n, o, ...outputSize([h, width], { kernel: [kh, kw], ...attributes })]);
    return convolution({ x: x!, w: w!, y }, attributes, "y");
  },
  conv2dInputGradient: ([dy, w], { shape, ...attributes }) =>
    convolution({ x: zeros(shape), w: w!, y: dy! }, attributes, "x"),
  conv2dWeightGradient: ([x, dy], { shape, ...attributes }) =>
    convolution({ x: x!, w: zeros(shape), y: dy! }, attributes, "w"),
  batchNorm: ([x, gamma, beta, residual], { epsilon, relu }) => {
    const channels = x!.shape[1]!;
    const mean = perChannel(channels, (c) => channelMean(x!, c, (value) => value));
    const variance = perChannel(channels, (c) => channelMean(x!, c, (value) => (value - mean.data[c]!) ** 2));
    const y = build(x!.shape, (where, i) => {
      const c = where[1]!;
      const normalised = (x!.data[i]! - mean.data[c]!) / Math.sqrt(variance.data[c]! + epsilon);
      const sum = gamma!.data[c]! * normalised + beta!.data[c]! + (residual ? residual.data[i]! : 0);
      return relu ? Math.max(sum, 0) : sum;
    });
    return [y, mean, variance];
  },
  batchNormGradient: ([g, x, gamma, mean, variance], { epsilon }) => {
    const channels = x!.shape[1]!;
    const sd = (c: number) => Math.sqrt(variance!.data[c]! + epsilon);
    const normalised = (c: number, i: number) => (x!.data[i]! - mean!.data[c]!) / sd(c);
    const size = count(x!.shape) / channels;
    const dbeta = perChannel(channels, (c) => size * channelMean(g!, c, (value) => value));
    const dgamma = perChannel(channels, (c) => size * channelMean(g!, c, (value, i) => value * normalised(c, i)));
    const dx = build(x!.shape, (where, i) => {
      const c = where[1]!;
      const shared = dbeta.data[c]! / size + (normalised(c, i) * dgamma.data[c]!) / size;
      return (gamma!.data[c]! / sd(c)) * (g!.data[i]! - shared);
    });
    return [dx, dgamma, dbeta];
  },
  batchNormInference: ([x, gamma, beta, mean, variance], { epsilon }) => [
    build(x!.shape, (where, i) => {
      const c = where[1]!;
      const normalised = (x!.data[i]! - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon);
      return gamma!.data[c]! * normalised + beta!.data[c]!;
    }),
  ],
  maxPool: ([x], geometry) => {
    const found = new Map<string, number>();
    const shape = winners(x!, geometry, (output, winner) => found.set(output.join(), x!.data[winner]!));
    return [build(shape, (where) => found.get(where.join())!)];
  },
  maxPoolGradient: ([dy, x], geometry) => {
    const dx = zeros(x!.shape);
    winners(x!, geometry, (output, winner) => {
      dx.data[winner]! += at(dy!, output);
    });
    return [dx];
  },
  averagePool: ([x], { countPadding, ...geometry }) => {
    const [n, c, h, w] = four(x!);
    const out = outputSize([h, w], geometry);
    const y = zeros([n, c, ...out]);
    const inside = new Float64Array(out[0] * out[1]);
    slide([h, w], out, geometry, (outY, outX, _tapY, _tapX, row, column) => {
      inside[outY * out[1] + outX]!++;
      for (let plane = 0; plane < n * c; plane++) {
        y.data[(plane * out[0] + outY) * out[1] + outX]! += x!.data[(plane * h + row) * w + column]!;
      }
    });
    const all = geometry.kernel[0] * geometry.kernel[1];
    y.data.forEach((sum, i) => {
      y.data[i] = sum / (countPadding ? all : inside[i % inside.length]!);
    });
    return [y];
  },
  globalAveragePool: ([x]) => {
    const [n, c, h, w] = four(x!);
    const image = (i: number) => x!.data.subarray(i * h * w, (i + 1) * h * w);
    return [build([n, c], (_where, i) => image(i).reduce((a, b) => a + b, 0) / (h * w))];
  },
  globalAveragePoolGradient: ([dy], { shape }) => {
    const area = shape[2]! * shape[3]!;
    return [build(shape, (where) => at(dy!, where.slice(0, 2)) / area)];
  },
};
