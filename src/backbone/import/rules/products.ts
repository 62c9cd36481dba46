import { add, matmul, mul } from "../../../engine/index.ts";
import { type Rule, reshaped } from "../reading.ts";

/** alpha A B + beta C, either matrix transposed. */
const gemm: Rule = (node) => {
  const flags = { transposeA: node.int("transA", 0) !== 0, transposeB: node.int("transB", 0) !== 0 };
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const product = matmul(node.value(0), node.value(1), flags);
  const scaled = alpha === 1 ? product : mul(product, alpha);
  if (!node.has(2) || beta === 0) return scaled;
  return add(scaled, beta === 1 ? node.value(2) : mul(node.value(2), beta));
};

const product: Rule = (node) => {
  const [a, b] = [node.value(0), node.value(1)];
  const [rankA, rankB] = [a.shape.length, b.shape.length];
  if (rankA === 0 || rankB === 0) return node.refuse("two tensors", "a number");
  const left = rankA === 1 ? reshaped(node, a, [1, ...a.shape]) : a;
  const right = rankB === 1 ? reshaped(node, b, [...b.shape, 1]) : b;
  const y = matmul(left, right);
  const lead = y.shape.slice(0, -2);
  const ends = [...(rankA === 1 ? [] : y.shape.slice(-2, -1)), ...(rankB === 1 ? [] : y.shape.slice(-1))];
  return reshaped(node, y, [...lead, ...ends]);
};

export const products: Readonly<Record<string, Rule>> = { Gemm: gemm, MatMul: product };
