import { fail, type Shape, sameShape, showShape, sizeOf } from "../../core/index.ts";
import type { OnnxFileNode } from "../../formats/onnx/index.ts";
import type { FoldedConstant, FoldedGraph } from "./fold.ts";

/** The batches at which a graph is folded: larger than 1, which broadcasting would hide. */
export const foldBatches = [2, 3] as const;

/** A folded graph at any batch. */
export interface BatchGraph {
  readonly nodes: readonly OnnxFileNode[];
  /** Of ONNX's own operators. */
  readonly opset: number;
  /** A constant at batch n; undefined where the name is none's. */
  constant(name: string, n: number): FoldedConstant | undefined;
}

const ANOTHER = "export it with a free batch (dynamic_axes), or use --trainable head, which takes it";

/**
 * One graph of a graph folded at batch 2 and the same at batch 3. Whole numbers that differ grow with the batch; constants that
 * are longer repeat for each image.
 * @throws MaskconError "weights" where they differ in another way
 */
export function pairFolds(file: string, two: FoldedGraph, three: FoldedGraph): BatchGraph {
  const refuse = (found: string): never =>
    fail("weights", {
      where: file,
      expected: "a graph that is the same for any number of images",
      found,
      fix: ANOTHER,
    });
  if (two.nodes.length !== three.nodes.length) refuse(`${two.nodes.length} and ${three.nodes.length} nodes`);
  const inThree = new Map<string, string>();
  const constants = new Map<string, (n: number) => FoldedConstant>();
  /** ONNX Runtime keeps equal constants once, so one at batch 2 may be two at batch 3: each pair is one here. */
  const pairOf = (name: string, other: string): string => {
    const [first, second] = [two.constants.get(name), three.constants.get(other)];
    if (!first || !second) return first || second ? refuse("a constant for one batch only") : sameValue(name, other);
    const pair = JSON.stringify([name, other]);
    if (!constants.has(pair)) {
      const found = `a constant ${showShape(first.shape)} that is another for each batch`;
      constants.set(pair, growth(first, second) ?? refuse(found));
    }
    return pair;
  };
  const sameValue = (name: string, other: string): string => {
    if ((inThree.get(name) ?? other) !== other) refuse("values of other nodes");
    inThree.set(name, other);
    return name;
  };
  const nodes = two.nodes.map((node, i) => {
    const other = three.nodes[i]!;
    if (kindOf(node) !== kindOf(other)) refuse(`${node.op} and ${other.op}`);
    for (const [at, name] of node.outputs.entries()) sameValue(name, other.outputs[at]!);
    return { ...node, inputs: node.inputs.map((name, at) => (name === "" ? "" : pairOf(name, other.inputs[at]!))) };
  });
  return { nodes, opset: two.opset, constant: (name, n) => constants.get(name)?.(n) };
}

/** Everything about a node but names. */
function kindOf({ op, domain, attributes, inputs, outputs }: OnnxFileNode): string {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}` : value);
  const present = [inputs.map(Boolean), outputs.length];
  return JSON.stringify([op, domain, [...attributes].sort(([a], [b]) => (a < b ? -1 : 1)), present], plain);
}

function growth(two: FoldedConstant, three: FoldedConstant): ((n: number) => FoldedConstant) | undefined {
  const { type, shape, numbers } = two;
  if (type !== three.type || shape.length !== three.shape.length) return undefined;
  if (sameShape(shape, three.shape)) {
    if (numbers.every((value, i) => Object.is(value, three.numbers[i]))) return () => two;
    if (type === "float32") return undefined;
    const slopes = Array.from(numbers, (value, i) => three.numbers[i]! - value);
    const at = (n: number) => Float64Array.from(numbers, (value, i) => value + (n - foldBatches[0]) * slopes[i]!);
    return (n) => ({ type, shape, numbers: at(n) });
  }
  return repetition(two, three);
}

/**
 * A constant that has a stretch for each image along an axis: the same numbers, or of whole numbers those of the image before
 * and always the same more, as places in a list of all images are.
 */
function repetition(two: FoldedConstant, three: FoldedConstant): ((n: number) => FoldedConstant) | undefined {
  const axis = two.shape.findIndex((size, i) => size !== three.shape[i]);
  const image = two.shape[axis]! / foldBatches[0];
  const shapeAt = (n: number): Shape => two.shape.map((size, i) => (i === axis ? n * image : size));
  if (!Number.isInteger(image) || !sameShape(three.shape, shapeAt(foldBatches[1]))) return undefined;
  const stretch = image * sizeOf(two.shape.slice(axis + 1));
  const [first, second] = foldBatches;
  const numbersAt = (n: number): number[] =>
    Array.from({ length: sizeOf(shapeAt(n)) }, (_, i) => {
      const before = Math.floor(i / (n * stretch)) * first * stretch;
      const at = before + (i % stretch);
      const [start, next] = [two.numbers[at]!, two.numbers[at + stretch]!];
      return start === next ? start : start + (Math.floor(i / stretch) % n) * (next - start);
    });
  const isRight = ({ numbers }: FoldedConstant, n: number) => numbersAt(n).every((value, i) => value === numbers[i]);
  if (!isRight(two, first) || !isRight(three, second)) return undefined;
  const kind = (values: number[]) => (two.numbers instanceof Float32Array ? Float32Array : Float64Array).from(values);
  return (n) => ({ type: two.type, shape: shapeAt(n), numbers: kind(numbersAt(n)) });
}
