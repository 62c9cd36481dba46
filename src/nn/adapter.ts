import type { Shape } from "../core/index.ts";
import { add, type Graph, matmul, relu, sub, type Value } from "../engine/index.ts";
import { linear } from "./layers.ts";
import type { WeightStore } from "./weights.ts";

/** A small network behind a frozen model: it takes that model's features in place of images. */
export interface Adapter {
  /** F: the width of the frozen model's features. */
  readonly features: number;
  /** P <= F: the width after whitening, and of what the adapter gives. Absent: not whitened, P = F. */
  readonly whitened?: number | undefined;
  /** What of that model is trained, too. Its parameters are named `trunk.` and as there. */
  readonly trunk?: TrainedTrunk | undefined;
}

/** The last part of a foreign model, from a cut to its features. */
export interface TrainedTrunk {
  /** Of one image at the cut; [3, S, S] where all of the model is trained. */
  readonly inputShape: Shape;
  /** Writes it: [N, ...inputShape] -> features [N, F]. */
  readonly write: (
    weights: { readonly graph: Graph; parameter(name: string, shape: Shape): Value },
    input: Value,
  ) => Value;
}

/** Width of the adapter's hidden layer. */
const ADAPTER_HIDDEN = 256;

/** P */
export const adapterDim = ({ features, whitened = features }: Adapter): number => whitened;

/**
 * z = f + B relu(A f + a) + b, with f = W (x - mean): features [N, F] -> [N, P]. B and b start at 0, so that a fresh adapter
 * gives f. `whitening.mean` [F] and `whitening.weight` W [P, F] are set once and stay; W starts as the first P features.
 * Source of the residual form: CLIP-Adapter (Gao et al. 2021).
 */
export function adapter(store: WeightStore, { features, whitened, trunk }: Adapter, input: Value): Value {
  const x = trunk ? trained(store, trunk, input) : input;
  const f = whitened === undefined ? x : whiten(store, x, [whitened, features]);
  const hidden = linear(store, "adapter.0", f, ADAPTER_HIDDEN);
  return add(f, linear(store, "adapter.2", relu(hidden), f.shape[1]!, { zero: true }));
}

/** It starts from the foreign model's own numbers, which a program loads. */
function trained(store: WeightStore, { write }: TrainedTrunk, input: Value): Value {
  const { graph } = store;
  const parameter = (name: string, shape: Shape): Value =>
    store.parameter(`trunk.${name}`, shape, { kind: "constant", value: 0 });
  return graph.scoped("trunk", () => write({ graph, parameter }, input));
}

function whiten(store: WeightStore, x: Value, shape: readonly [P: number, F: number]): Value {
  const mean = store.fixed("whitening.mean", [shape[1]], { kind: "constant", value: 0 });
  const weight = store.fixed("whitening.weight", shape, { kind: "identity" });
  return store.graph.scoped("whitening", () => matmul(sub(x, mean), weight, { transposeB: true }));
}
