import { describe, expect, it, test } from "vitest";
import { evaluate } from "../../test/conformance/reference.ts";
import { random } from "../core/index.ts";
import { Graph, lower, ops, type Value } from "../engine/index.ts";
import { createExecutor } from "../engine/runtime/node.ts";
import { clipped } from "./clip.ts";
import type { Draft } from "./draft.ts";
import type { Optimizer } from "./optimizer.ts";
import { programOf } from "./program.ts";

/** A graph of the clipping alone; it reads nothing else of a draft. */
function clipping(size: number, optimizer: Optimizer) {
  const graph = new Graph(ops);
  const sizes = size < 3 ? [size] : [1, size - 1];
  const gradient = sizes.map((part, i) => graph.input(`gradient.${i}`, "float32", [part]));
  const result = clipped({ graph, options: optimizer } as Draft, gradient);
  return { graph, gradient, result };
}

/** A gradient in the parts of `clipping`. */
function feedsOf(data: Float64Array) {
  const parts = data.length < 3 ? [data] : [data.subarray(0, 1), data.subarray(1)];
  return Object.fromEntries(parts.map((part, i) => [`gradient.${i}`, { shape: [part.length], data: part }]));
}

const norm = (values: Iterable<number>) => Math.sqrt([...values].reduce((sum, x) => sum + x * x, 0));

describe("clipping by the norm", () => {
  const sgd = (clipNorm: number | undefined): Optimizer => ({ sgd: { momentum: 0, weightDecay: 0, clipNorm } });
  const gradientOf = (size: number, scale: number) => {
    const rng = random(3, size);
    return Float64Array.from({ length: size }, () => scale * rng.normal());
  };

  // Among them a square, a square less 1, a prime and the smallest.
  it.each([1, 2, 3, 16, 24, 25, 97])("of %i numbers is PyTorch's, above the limit and below", (size) => {
    for (const scale of [0, 1e-4, 1, 1e4]) {
      const data = gradientOf(size, scale);
      const { graph, result } = clipping(size, sgd(2));
      const wanted: Value[] = [graph.outputs.get("gradient_norm")!, ...result];
      const [measured, ...parts] = evaluate(graph, feedsOf(data), wanted);
      const after = parts.flatMap((part) => [...part.data]);
      const factor = Math.min(1, 2 / (norm(data) + 1e-6));
      expect(measured!.data[0]).toBeCloseTo(norm(data), 6);
      // 1e-6 is rounded to float32 in the graph.
      for (const [i, x] of after.entries()) expect(Math.abs(x - factor * data[i]!)).toBeLessThan(1e-12);
      if (norm(data) < 1.9) expect(after).toEqual([...data]);
    }
  });

  it("adds nothing to a graph where no norm is set", () => {
    const { graph, gradient, result } = clipping(5, sgd(undefined));
    expect(result).toBe(gradient);
    expect(graph.nodes).toEqual([]);
    expect(graph.outputs.size).toBe(0);
  });
});

test("the norm of many float32 numbers is right to six digits", async () => {
  const size = 3_000_017;
  const { graph } = clipping(size, { adamw: { weightDecay: 0, clipNorm: 1 } });
  const step = programOf(graph, lower(graph, { block: 0 }));
  const executor = await createExecutor({ device: "cpu", threads: 1, state: {}, programs: { step } });
  try {
    const rng = random(4);
    const gradient = Float32Array.from({ length: size }, () => 1e-3 * rng.uniform());
    const { gradient_norm } = await executor.run("step", {
      "gradient.0": gradient.subarray(0, 1),
      "gradient.1": gradient.slice(1),
    });
    expect(Math.abs(gradient_norm![0]! / norm(gradient) - 1)).toBeLessThan(1e-6);
  } finally {
    await executor.close();
  }
});
