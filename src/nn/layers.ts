import { add, matmul, squareConvolution, type Value } from "../engine/index.ts";
import type { WeightStore } from "./weights.ts";

/** PyTorch's BatchNorm2d defaults. */
const BATCH_NORM_EPSILON = 1e-5;
export const BATCH_NORM_MOMENTUM = 0.1;

interface ConvOptions {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
}

/** A convolution without bias, padded to keep the size at stride 1; initialised as torchvision's ResNets (Kaiming, fan out). */
export function conv(store: WeightStore, name: string, x: Value, { out, kernel, stride = 1 }: ConvOptions): Value {
  const deviation = Math.sqrt(2 / (out * kernel * kernel));
  const shape = [out, x.shape[1]!, kernel, kernel];
  const weight = store.parameter(`${name}.weight`, shape, { kind: "normal", deviation });
  const attributes = squareConvolution({ stride, pad: (kernel - 1) >> 1 });
  return store.graph.scoped(name, () => store.graph.op("conv2d", [x, weight], attributes));
}

interface NormOptions {
  /** Added before the activation. */
  readonly residual?: Value;
  readonly relu?: boolean;
}

/** Batch normalisation, with the residual sum and the activation that follow it. */
export function norm(store: WeightStore, name: string, x: Value, { residual, relu = false }: NormOptions = {}): Value {
  const { graph } = store;
  const channels = [x.shape[1]!];
  const gamma = store.parameter(`${name}.weight`, channels, { kind: "constant", value: 1 });
  const beta = store.parameter(`${name}.bias`, channels, { kind: "constant", value: 0 });
  const runningMean = store.buffer(`${name}.running_mean`, channels, 0);
  const runningVariance = store.buffer(`${name}.running_var`, channels, 1);
  return graph.scoped(name, () => {
    if (!store.training) {
      const inputs = [x, gamma, beta, runningMean, runningVariance];
      const y = graph.op("batchNormInference", inputs, { epsilon: BATCH_NORM_EPSILON });
      const sum = residual ? add(y, residual) : y;
      return relu ? graph.op("relu", [sum]) : sum;
    }
    const inputs = residual ? [x, gamma, beta, residual] : [x, gamma, beta];
    const [y, mean, variance] = graph.multi("batchNorm", inputs, { epsilon: BATCH_NORM_EPSILON, relu });
    const [n, , h, w] = x.shape as [number, number, number, number];
    store.statistics(name, { mean: mean!, variance: variance! }, n * h * w);
    return y!;
  });
}

/** x [N, in] -> [N, out]; initialised as PyTorch's nn.Linear, or with zeros. */
export function linear(store: WeightStore, name: string, x: Value, out: number, { zero = false } = {}): Value {
  const inputs = x.shape[1]!;
  const initializer = zero
    ? ({ kind: "constant", value: 0 } as const)
    : ({ kind: "uniform", bound: 1 / Math.sqrt(inputs) } as const);
  const weight = store.parameter(`${name}.weight`, [out, inputs], initializer);
  const bias = store.parameter(`${name}.bias`, [out], initializer);
  return store.graph.scoped(name, () => add(matmul(x, weight, { transposeB: true }), bias));
}
