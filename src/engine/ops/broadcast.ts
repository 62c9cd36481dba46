import { fail, type Shape, sameShape, showShape } from "../../core/index.ts";
import type { Graph, Value } from "../graph/index.ts";

/** The NumPy broadcast of two shapes. */
export function broadcastShapes(op: string, a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[a.length - rank + i] ?? 1;
    const y = b[b.length - rank + i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) {
      fail("shape", { where: op, expected: "shapes that broadcast", found: `${showShape(a)} and ${showShape(b)}` });
    }
    return x === 1 ? y : x;
  });
}

/** Sums a gradient back to the shape that was broadcast to it. */
export function sumTo(graph: Graph, gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient;
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.map((_, i) => i).filter((i) => i < lead || shape[i - lead] !== gradient.shape[i]);
  const summed = axes.length === 0 ? gradient : graph.op("reduceSum", [gradient], { axes, keepDims: false });
  return sameShape(summed.shape, shape) ? summed : graph.op("reshape", [summed], { shape });
}
