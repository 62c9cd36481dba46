import { expect, test } from "vitest";
import { evaluate } from "../../test/conformance/reference.ts";
import { Graph, gradients, ops } from "../engine/index.ts";
import { coarseCrossEntropy } from "./index.ts";

const logits = [
  [2, 0.5, -1],
  [0, 3, 1],
];
const labels = [2, 1];

test("of several crops is the mean over all of them, each with its image's label", () => {
  const graph = new Graph(ops);
  const [x, y] = [graph.input("logits", "float32", [4, 3]), graph.input("labels", "float32", [2])];
  const second = [
    [1, 1, 4],
    [-2, 0, 0.5],
  ];
  const lossOf = (rows: readonly number[][]) => {
    const data = Float64Array.from([...rows, ...rows].slice(0, 4).flat());
    const feeds = { logits: { shape: [4, 3], data }, labels: { shape: [2], data: Float64Array.from(labels) } };
    return evaluate(graph, feeds, [loss])[0]!.data[0]!;
  };
  const loss = coarseCrossEntropy(x, y);
  expect(lossOf([...logits, ...second])).toBeCloseTo((lossOf(logits) + lossOf(second)) / 2, 12);
  expect(lossOf(logits)).not.toBeCloseTo(lossOf(second), 1);
});

test("is the mean of - log softmax at the label, with softmax - one-hot as its gradient", () => {
  const graph = new Graph(ops);
  const x = graph.input("logits", "float32", [2, 3]);
  const loss = coarseCrossEntropy(x, graph.input("labels", "float32", [2]));
  const feeds = {
    logits: { shape: [2, 3], data: Float64Array.from(logits.flat()) },
    labels: { shape: [2], data: Float64Array.from(labels) },
  };
  const [value, slope] = evaluate(graph, feeds, [loss, ...gradients(graph, loss, [x])]);
  const softmax = logits.map((row) => {
    const total = row.reduce((sum, l) => sum + Math.exp(l), 0);
    return row.map((l) => Math.exp(l) / total);
  });
  const expected = softmax.reduce((sum, row, i) => sum - Math.log(row[labels[i]!]!) / 2, 0);
  expect(value!.data[0]).toBeCloseTo(expected, 12);
  const flat = softmax.flatMap((row, i) => row.map((p, j) => (p - (j === labels[i] ? 1 : 0)) / 2));
  for (const [i, g] of flat.entries()) expect(slope!.data[i]).toBeCloseTo(g, 12);
});
