import { fail, type Shape, showShape, sizeOf } from "../../core/index.ts";
import type { Graph, Node, Value } from "../graph/index.ts";
import { broadcastShapes, sumTo } from "./broadcast.ts";
import type { Emitter, OpDefinition } from "./definition.ts";

/**
 * The product of the last two axes, either side transposed first; the axes before them broadcast. [..., K] times one
 * matrix is one product of [rows, K], forward and in both gradients.
 */
export const matmul: OpDefinition<"matmul"> = {
  infer([a, b], { transposeA, transposeB }) {
    const [m, inner] = matrixOf(a!.shape, transposeA);
    const [inner2, n] = matrixOf(b!.shape, transposeB);
    if (a!.shape.length < 2 || b!.shape.length < 2 || inner !== inner2) {
      const found = `${showShape(a!.shape)}${transposeA ? "ᵀ" : ""} and ${showShape(b!.shape)}${transposeB ? "ᵀ" : ""}`;
      fail("shape", { where: "matmul", expected: "two matrices with one inner dimension", found });
    }
    return [{ dtype: a!.dtype, shape: [...broadcastShapes("matmul", leading(a!.shape), leading(b!.shape)), m!, n!] }];
  },
  lower(emit, node) {
    const [a, b] = node.inputs as [Value, Value];
    const { transposeA, transposeB } = node.attributes;
    if (isOneProduct(node)) return lowerAsOne(emit, node);
    const side = (x: Value, transposed: boolean) =>
      transposed ? emit.node("Transpose", [emit.plain(x)], { perm: swapped(x.shape.length) }) : emit.plain(x);
    emit.definePlain(node.outputs[0]!, emit.node("MatMul", [side(a, transposeA), side(b, transposeB)]));
  },
  lowerBlocked(emit, node) {
    if (isOneProduct(node)) lowerAsOne(emit, node);
    else {
      const product = emit.node("com.microsoft:FusedMatMul", node.inputs.map(emit.plain), flagsOf(node));
      emit.definePlain(node.outputs[0]!, product);
    }
    return undefined;
  },
  gradient(graph, node, [dy]) {
    const [a, b] = node.inputs as [Value, Value];
    const { transposeA, transposeB } = node.attributes;
    const product = (x: Value, y: Value, tx: boolean, ty: boolean) =>
      graph.op("matmul", [x, y], { transposeA: tx, transposeB: ty });
    const da = transposeA ? product(b, dy!, transposeB, true) : product(dy!, b, false, !transposeB);
    const [rows, dRows] = isOneProduct(node) ? [asRows(graph, a), asRows(graph, dy!)] : [a, dy!];
    const db = transposeB ? product(dRows, rows, true, transposeA) : product(rows, dRows, !transposeA, false);
    return [sumTo(graph, da, a.shape), sumTo(graph, db, b.shape)];
  },
};

const leading = (shape: Shape): Shape => shape.slice(0, -2);

/** Rows and columns of the last two axes. */
const matrixOf = (shape: Shape, transposed: boolean): Shape =>
  transposed ? [...shape.slice(-2)].reverse() : shape.slice(-2);

/** The permutation that swaps the last two of `rank` axes. */
const swapped = (rank: number): number[] => [...Array.from({ length: rank - 2 }, (_, i) => i), rank - 1, rank - 2];

/** Whether there are two matrices, or one on the right and rows without a transposition on the left. */
const isOneProduct = ({ inputs: [a, b], attributes: { transposeA } }: Node<"matmul">): boolean =>
  sizeOf(leading(b!.shape)) === 1 && (sizeOf(leading(a!.shape)) === 1 || !transposeA);

const flagsOf = ({ attributes: { transposeA, transposeB } }: Node<"matmul">) => ({
  transA: Number(transposeA),
  transB: Number(transposeB),
});

function lowerAsOne(emit: Emitter, node: Node<"matmul">): void {
  const {
    inputs: [a, b],
    outputs: [y],
  } = node;
  const matrix = (x: Value) => {
    const flat = flatShape(x.shape);
    return x.shape.length === 2 ? emit.plain(x) : emit.node("Reshape", [emit.plain(x), emit.ints(flat)]);
  };
  const product = emit.node("Gemm", [matrix(a!), matrix(b!)], flagsOf(node));
  emit.definePlain(y!, y!.shape.length === 2 ? product : emit.node("Reshape", [product, emit.ints(y!.shape)]));
}

const flatShape = (shape: Shape): Shape => [sizeOf(shape.slice(0, -1)), shape.at(-1)!];

const asRows = (graph: Graph, x: Value): Value =>
  x.shape.length === 2 ? x : graph.op("reshape", [x], { shape: flatShape(x.shape) });
