import type { Case } from "./case.ts";
import { arrayCases } from "./cases-arrays.ts";
import { composedCases } from "./cases-composed.ts";
import { elementwiseCases } from "./cases-elementwise.ts";
import { networkCases } from "./cases-network.ts";

export const cases: readonly Case[] = [...elementwiseCases, ...arrayCases, ...networkCases, ...composedCases];

/**
 * For devices that compile every kernel slowly: a few cases of each op, spread over its list, and all the composed ones.
 * Convolutions differ most by shape, so more of them stay.
 */
export function representative(perOp: number): readonly Case[] {
  const byOp = new Map<string, Case[]>();
  for (const item of [...elementwiseCases, ...arrayCases, ...networkCases]) {
    const op = item.name.split(" ")[0]!;
    byOp.set(op, [...(byOp.get(op) ?? []), item]);
  }
  const kept = [...byOp].flatMap(([op, list]) => spread(list, op === "conv2d" ? 4 * perOp : perOp));
  return [...kept, ...composedCases];
}

function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, i) => list[Math.floor(((i + 0.5) * list.length) / count)]!);
}
