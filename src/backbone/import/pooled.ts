import type { Value } from "../../engine/index.ts";
import type { FeatureOutput } from "../feature-output.ts";
import { firstPatch, type Pooling, placesOf } from "../pooling.ts";

/** Features [N, F] of an output [N, F], [N, T, D], [N, C, H, W] or [N, H, W, C], as `poolFeatures` computes them. */
export function pooled(x: Value, kind: FeatureOutput["kind"], pooling: Pooling | undefined): Value {
  const { graph, shape } = x;
  if (kind === "vector") return x;
  if (kind === "map") {
    const axes = placesOf(shape);
    if (axes[0] === 2) return graph.op("globalAveragePool", [x]);
    return graph.op("reduceMean", [x], { axes, keepDims: false });
  }
  const [n = 0, tokens = 0, d = 0] = shape;
  const first = firstPatch(tokens);
  const range = (start: number, end: number) => graph.op("slice", [x], { axis: 1, start, end });
  const cls = () => graph.op("reshape", [range(0, 1)], { shape: [n, d] });
  if (pooling === "cls") return cls();
  const mean = graph.op("reduceMean", [first > 0 ? range(first, tokens) : x], { axes: [1], keepDims: false });
  return pooling === "mean" ? mean : graph.op("concat", [cls(), mean], { axis: 1 });
}
