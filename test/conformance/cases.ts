import type { Case } from "./case.ts";
import { arrayCases } from "./cases-arrays.ts";
import { composedCases } from "./cases-composed.ts";
import { convolutionCases } from "./cases-convolution.ts";
import { elementwiseCases } from "./cases-elementwise.ts";
import { networkCases } from "./cases-network.ts";
import { poolCases } from "./cases-pool.ts";
import { transformerCases, transformerNetworks } from "./cases-transformer.ts";

const opCases: readonly Case[] = [
  ...elementwiseCases,
  ...arrayCases,
  ...convolutionCases,
  ...networkCases,
  ...poolCases,
  ...transformerCases,
];
const networks: readonly Case[] = [...composedCases, ...transformerNetworks];

export const cases: readonly Case[] = [...opCases, ...networks];

/**
 * For devices that compile every kernel slowly: a few cases of each op, spread over its list, and all the composed ones.
 * Convolutions differ most by shape, so more of them stay.
 */
export function representative(perOp: number): readonly Case[] {
  const byOp = new Map<string, Case[]>();
  for (const item of opCases) {
    const op = item.name.split(" ")[0]!;
    byOp.set(op, [...(byOp.get(op) ?? []), item]);
  }
  const kept = [...byOp].flatMap(([op, list]) => spread(list, op === "conv2d" ? 6 * perOp : perOp));
  return [...kept, ...networks];
}

function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor(((i + 0.5) * list.length) / count)]!);
}
