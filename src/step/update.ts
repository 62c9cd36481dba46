import { add, div, mul, type Operand, sqrt, sub, type Value } from "../engine/index.ts";
import type { TensorSpec } from "../nn/index.ts";
import { clipped } from "./clip.ts";
import type { Draft } from "./draft.ts";
import type { FlatLayout } from "./layout.ts";
import { type AdamwOptions, adamwOf, momentsOf } from "./optimizer.ts";
import { type ParameterGroup, parameterGroupsOf } from "./parameter-groups.ts";
import type { FlatTensors } from "./training-store.ts";

interface Update {
  /** The vector of all parameters, in its parts. */
  readonly query: readonly FlatTensors[];
  /** Of each part. */
  readonly gradient: readonly Value[];
  readonly learningRate: Value;
}

/** A part of it. */
interface PartUpdate {
  readonly query: FlatTensors;
  readonly gradient: Value;
  readonly learningRate: Value;
  readonly moment: (name: string) => Value;
}

/** What a part's slots hold after the step. */
type Updated = Readonly<Record<string, Value>>;

/** 8. The parameters after the step, written into the state. */
export function update(draft: Draft, { query, gradient, learningRate }: Update): Value[] {
  const { adamw } = draft.options;
  const { graph, state } = draft;
  const clippedGradient = clipped(draft, gradient);
  const updated = graph.scoped(adamw ? "adamw" : "sgd", () => {
    const rule = adamw ? adamwRule(draft, adamw) : sgdRule(draft);
    return query.map((part, i) => {
      const moment = (name: string) => state.readVector(name)[i]!.flat;
      return rule({ query: part, gradient: clippedGradient[i]!, learningRate, moment });
    });
  });
  const written = (name: string) => updated.map((part) => part[name]!);
  for (const name of Object.keys(momentsOf(draft.options))) state.writeVector(name, written(name));
  state.writeVector("query", written("query"));
  return written("query");
}

/** v = momentum v + (gradient + weightDecay p), p = p - learningRate v, as PyTorch's SGD. */
function sgdRule(draft: Draft): (part: PartUpdate) => Updated {
  const { momentum: kept, weightDecay } = draft.options.sgd!;
  return ({ query: { layout, flat }, gradient, learningRate, moment }) => {
    const decays = perParameter(draft, layout, ({ decays = true }) => Number(decays));
    const direction = add(gradient, mul(flat, mul(decays, weightDecay)));
    const momentum = add(mul(moment("momentum"), kept), direction);
    const query = sub(flat, mul(momentum, scaled(learningRate, perParameter(draft, layout, rateScaleOf))));
    return { query, momentum };
  };
}

/**
 * p = p - learningRate weightDecay p; m = b1 m + (1 - b1) g; v = b2 v + (1 - b2) g^2;
 * p = p - learningRate / (1 - b1^t) m / (sqrt(v) / sqrt(1 - b2^t) + epsilon), as PyTorch's AdamW.
 * What depends on t comes from `adamwFeeds`: float32 would lose it in 1 - b2^t.
 */
function adamwRule(draft: Draft, options: AdamwOptions): (part: PartUpdate) => Updated {
  const { graph } = draft;
  const { beta1, beta2, epsilon, weightDecay } = adamwOf(options);
  const rate = graph.input("adamw_rate", "float32", []);
  const varianceScale = graph.input("adamw_variance_scale", "float32", []);
  return ({ query: { layout, flat }, gradient, learningRate, moment }) => {
    const mean = add(mul(moment("mean"), beta1), mul(gradient, 1 - beta1));
    const variance = add(mul(moment("variance"), beta2), mul(mul(gradient, gradient), 1 - beta2));
    const decays = perParameter(draft, layout, (group, { shape }) => {
      return Number(group.decays ?? shape.length > 1) * rateScaleOf(group);
    });
    const kept = sub(flat, mul(flat, mul(decays, mul(learningRate, weightDecay))));
    const scaledRate = scaled(rate, perParameter(draft, layout, rateScaleOf));
    const query = sub(kept, mul(div(mean, add(mul(sqrt(variance), varianceScale), epsilon)), scaledRate));
    return { query, mean, variance };
  };
}

const rateScaleOf = ({ rateScale = 1 }: ParameterGroup): number => rateScale;

/** A number for each parameter of a part, as a vector [P]; the number itself where all are alike. */
function perParameter(
  { graph, options, layout: { query } }: Draft,
  { size, slices }: FlatLayout,
  numberOf: (group: ParameterGroup, tensor: TensorSpec) => number,
): Operand {
  const groups = parameterGroupsOf(query, options.parameterGroups);
  const groupOf = new Map(query.slices.map(({ name }, i) => [name, groups[i]!]));
  const numbers = slices.map((slice) => numberOf(groupOf.get(slice.name)!, slice));
  if (numbers.every((number) => number === numbers[0])) return numbers[0]!;
  const data = new Float32Array(size);
  for (const [i, { start, end }] of slices.entries()) data.fill(numbers[i]!, start, end);
  return graph.constant({ dtype: "float32", shape: [size], data });
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
