import { fail, showShape } from "../../core/index.ts";
import type { OpDefinition } from "./definition.ts";

/** Two-dimensional matrix product with either side transposed. */
export const matmul: OpDefinition<"matmul"> = {
  infer([a, b], { transposeA, transposeB }) {
    const [m, inner] = transposeA ? [a!.shape[1], a!.shape[0]] : a!.shape;
    const [inner2, n] = transposeB ? [b!.shape[1], b!.shape[0]] : b!.shape;
    if (a!.shape.length !== 2 || b!.shape.length !== 2 || inner !== inner2) {
      const found = `${showShape(a!.shape)}${transposeA ? "ᵀ" : ""} and ${showShape(b!.shape)}${transposeB ? "ᵀ" : ""}`;
      fail("shape", { where: "matmul", expected: "two matrices with one inner dimension", found });
    }
    return [{ dtype: a!.dtype, shape: [m!, n!] }];
  },
  lower(emit, { inputs: [a, b], outputs: [y], attributes: { transposeA, transposeB } }) {
    const attributes = { transA: Number(transposeA), transB: Number(transposeB) };
    emit.definePlain(y!, emit.node("Gemm", [emit.plain(a!), emit.plain(b!)], attributes));
  },
  gradient(graph, { inputs: [a, b], attributes: { transposeA, transposeB } }, [dy]) {
    const product = (x: typeof a, y: typeof a, tx: boolean, ty: boolean) =>
      graph.op("matmul", [x!, y!], { transposeA: tx, transposeB: ty });
    return [
      transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB),
      transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false),
    ];
  },
};
