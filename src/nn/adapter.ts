import { add, matmul, relu, sub, type Value } from "../engine/index.ts";
import { linear } from "./layers.ts";
import type { WeightStore } from "./weights.ts";

/** A small network behind a frozen model: it takes that model's features in place of images. */
export interface Adapter {
  /** F: the width of the frozen model's features. */
  readonly features: number;
  /** P <= F: the width after whitening, and of what the adapter gives. Absent: not whitened, P = F. */
  readonly whitened?: number | undefined;
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
export function adapter(store: WeightStore, { features, whitened }: Adapter, x: Value): Value {
  const f = whitened === undefined ? x : whiten(store, x, [whitened, features]);
  const hidden = linear(store, "adapter.0", f, ADAPTER_HIDDEN);
  return add(f, linear(store, "adapter.2", relu(hidden), f.shape[1]!, { zero: true }));
}

function whiten(store: WeightStore, x: Value, shape: readonly [P: number, F: number]): Value {
  const mean = store.fixed("whitening.mean", [shape[1]], { kind: "constant", value: 0 });
  const weight = store.fixed("whitening.weight", shape, { kind: "identity" });
  return store.graph.scoped("whitening", () => matmul(sub(x, mean), weight, { transposeB: true }));
}
