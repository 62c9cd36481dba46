import { add, div, mul, type Operand, sqrt, sub, type Value } from "../engine/index.ts";
import type { TensorSpec } from "../nn/index.ts";
import { clipped } from "./clip.ts";
import type { Draft } from "./draft.ts";
import { type AdamwOptions, adamwOf } from "./optimizer.ts";
import { type ParameterGroup, parameterGroupsOf } from "./parameter-groups.ts";

/** One step of the optimizer on the flat vector of parameters. */
interface Update {
  readonly query: Value;
  readonly gradient: Value;
  readonly learningRate: Value;
}

/** 8. The parameters after the step, written into the state. */
export function update(draft: Draft, { gradient, ...rest }: Update): Value {
  const { adamw } = draft.options;
  const { graph, state } = draft;
  const inputs = { ...rest, gradient: clipped(draft, gradient) };
  const trained = adamw
    ? graph.scoped("adamw", () => adamwUpdate(draft, inputs, adamw))
    : graph.scoped("sgd", () => sgdUpdate(draft, inputs));
  state.write("query", trained);
  return trained;
}

/** v = momentum v + (gradient + weightDecay p), p = p - learningRate v, as PyTorch's SGD. */
function sgdUpdate(draft: Draft, { query, gradient, learningRate }: Update): Value {
  const { state, options } = draft;
  const { momentum, weightDecay } = options.sgd!;
  const decays = perParameter(draft, ({ decays = true }) => Number(decays));
  const direction = add(gradient, mul(query, mul(decays, weightDecay)));
  const velocity = add(mul(state.read("momentum"), momentum), direction);
  const trained = sub(query, mul(velocity, scaled(learningRate, perParameter(draft, rateScaleOf))));
  state.write("momentum", velocity);
  return trained;
}

/**
 * p = p - learningRate weightDecay p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p = p - learningRate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon), as PyTorch's AdamW.
 * What depends on t comes from `adamwFeeds`: float32 would lose it in 1 - b2^t.
 */
function adamwUpdate(draft: Draft, { query, gradient, learningRate }: Update, options: AdamwOptions): Value {
  const { graph, state } = draft;
  const { beta1, beta2, epsilon, weightDecay } = adamwOf(options);
  const rate = graph.input("adamw_rate", "float32", []);
  const varianceScale = graph.input("adamw_variance_scale", "float32", []);
  const mean = add(mul(state.read("mean"), beta1), mul(gradient, 1 - beta1));
  const variance = add(mul(state.read("variance"), beta2), mul(mul(gradient, gradient), 1 - beta2));
  state.write("mean", mean);
  state.write("variance", variance);
  const decays = perParameter(draft, (group, { shape }) => {
    return Number(group.decays ?? shape.length > 1) * rateScaleOf(group);
  });
  const kept = sub(query, mul(query, mul(decays, mul(learningRate, weightDecay))));
  const scaledRate = scaled(rate, perParameter(draft, rateScaleOf));
  return sub(kept, mul(div(mean, add(mul(sqrt(variance), varianceScale), epsilon)), scaledRate));
}

const rateScaleOf = ({ rateScale = 1 }: ParameterGroup): number => rateScale;

/** A number for each parameter, as a vector [P]; the number itself where all are alike. */
function perParameter(
  { graph, options, layout: { query } }: Draft,
  numberOf: (group: ParameterGroup, tensor: TensorSpec) => number,
): Operand {
  const groups = parameterGroupsOf(query, options.parameterGroups);
  const numbers = query.slices.map((slice, i) => numberOf(groups[i]!, slice));
  if (numbers.every((number) => number === numbers[0])) return numbers[0]!;
  const data = new Float32Array(query.size);
  for (const [i, { start, end }] of query.slices.entries()) data.fill(numbers[i]!, start, end);
  return graph.constant({ dtype: "float32", shape: [query.size], data });
}

const scaled = (rate: Value, scales: Operand): Value => (scales === 1 ? rate : mul(rate, scales));

/** Of step t, counted from 1. */
export function adamwFeeds(options: AdamwOptions, learningRate: number, t: number) {
  const { beta1, beta2 } = adamwOf(options);
  return {
    adamw_rate: Float32Array.of(learningRate / (1 - beta1 ** t)),
    adamw_variance_scale: Float32Array.of(1 / Math.sqrt(1 - beta2 ** t)),
  };
}
