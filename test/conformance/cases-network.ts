import { type Case, input, opCase } from "./case.ts";

const normalised = (
  [
    [2, 16, 3, 5],
    [4, 32, 2, 2],
    [1, 24, 4, 4],
    [3, 5, 3, 3],
    [5, 16, 1, 1],
  ] as const
).flatMap((shape) => {
  const vectors = [input([shape[1]], "positive"), input([shape[1]])];
  const attributes = { epsilon: 1e-5 };
  const of = (relu: boolean, residual: boolean): Case =>
    opCase("batchNorm", {
      inputs: [input(shape), ...vectors, ...(residual ? [input(shape)] : [])],
      attributes: { ...attributes, relu },
      tolerance: 5e-5,
    });
  return [
    of(false, false),
    of(true, false),
    of(true, true),
    opCase("batchNormGradient", {
      inputs: [input(shape), input(shape), vectors[0]!, vectors[1]!, input([shape[1]], "positive")],
      attributes,
    }),
    opCase("batchNormInference", {
      inputs: [input(shape), ...vectors, input([shape[1]]), input([shape[1]], "positive")],
      attributes,
      inBlocks: true,
    }),
  ];
});

const means = (
  [
    [2, 16, 3, 5],
    [1, 5, 4, 4],
    [3, 32, 1, 1],
  ] as const
).flatMap((shape) => [
  opCase("globalAveragePool", { inputs: [input(shape)], attributes: {}, inBlocks: true }),
  opCase("globalAveragePoolGradient", { inputs: [input(shape.slice(0, 2))], attributes: { shape } }),
]);

export const networkCases: readonly Case[] = [...normalised, ...means];
