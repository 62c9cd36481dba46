import { expect, expectTypeOf, test } from "vitest";
import { ops } from "../ops/index.ts";
import * as math from "./index.ts";
import { Graph, type Operand, printGraph, type Value } from "./index.ts";

const { add, div, mul, sub } = math;

/** The nodes that a function adds to a graph with inputs x [2, 3] and y [4, 3]. */
function nodesOf(build: (x: Value, y: Value) => void): string[] {
  const graph = new Graph(ops);
  build(graph.input("x", "float32", [2, 3]), graph.input("y", "float32", [4, 3]));
  return printGraph(graph).trim().split("\n").slice(2);
}

test.each<[string, (x: Value, y: Value) => void, string[]]>([
  ["a number on either side is a constant", (x) => sub(2, add(x, 1)), ["add($x, 1)", "sub(2, %0)"]],
  ["tensors alone", (x) => div(mul(x, x), x), ["mul($x, $x)", "div(%0, $x)"]],
  ["functions of one tensor", (x) => math.sqrt(math.exp(math.relu(x))), ["relu($x)", "exp(%0)", "sqrt(%1)"]],
  [
    "reductions drop their axis unless they are asked to keep it",
    (x) => [math.sum(x, { axis: 1 }), math.mean(x, { axis: 0 }), math.max(x, { axis: 1, keepDims: true })],
    [
      "reduceSum($x) {axes=[1], keepDims=false}",
      "reduceMean($x) {axes=[0], keepDims=false}",
      "reduceMax($x) {axes=[1], keepDims=true}",
    ],
  ],
  [
    "products and their cross-entropy",
    (x, y) => {
      const products = math.matmul(x, y, { transposeB: true });
      math.crossEntropy(products, products);
    },
    ["matmul($x, $y) {transposeA=false, transposeB=true}", "crossEntropy(%0, %0)"],
  ],
  [
    "a choice by labels",
    (x) => {
      const first = math.reshape(math.slice(x, { axis: 1, start: 0, end: 1 }), [2]);
      const same = math.equal(math.column(first), math.row(first));
      math.concat([math.select(same, -1, 0), math.toFloat(same)], { axis: 1 });
    },
    [
      "slice($x) {axis=1, start=0, end=1}",
      "reshape(%0) {shape=[2]}",
      "reshape(%1) {shape=[2, 1]}",
      "reshape(%1) {shape=[1, 2]}",
      "equal(%2, %3)",
      "select(%4, -1, 0)",
      "cast(%4) {to=float32}",
      "concat(%5, %6) {axis=1}",
    ],
  ],
])("%s", (_, build, expected) => {
  expect(nodesOf(build).map((line) => line.slice(line.indexOf(" = ") + 3))).toEqual(expected);
});

test("numbers alone are worked out at once and add nothing to the graph", () => {
  expect([add(1, 2), sub(1, 0.25), mul(2, 3), div(1, 4)]).toEqual([3, 0.75, 6, 0.25]);
  expectTypeOf(sub(1, 0.25)).toEqualTypeOf<number>();
  nodesOf((x) => expectTypeOf(sub(1, x)).toEqualTypeOf<Value>());
  // What may be either may become either.
  expectTypeOf(sub(1, 0.25 as Operand)).toEqualTypeOf<Operand>();
});

test("attributes may be left out where an op has none, and only there", () => {
  const graph = new Graph(ops);
  const x = graph.input("x", "float32", [2, 3]);
  expect(graph.op("relu", [x]).node!.attributes).toEqual({});
  // @ts-expect-error a reduction has axes
  expect(() => graph.op("reduceSum", [x])).toThrow();
});
