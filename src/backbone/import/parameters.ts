import { sizeOf } from "../../core/index.ts";
import type { ByteRanges } from "../../formats/index.ts";
import { type OnnxFileNode, type OnnxFileTensor, readNumbers } from "../../formats/onnx/index.ts";
import type { CutPlace } from "../cuts.ts";
import type { WeightUses } from "../weights.ts";

/** A weight of a foreign model that is trained. */
export interface ImportedParameter {
  /** The initialiser's. */
  readonly name: string;
  readonly shape: readonly number[];
  /** 0: the last block before the features; the stem's is the last. */
  readonly block: number;
  /** Weight decay is for kernels and matrices, not for biases, scales, tokens and positions. */
  readonly decays: boolean;
}

/** Weights on the way of values, in the order of their use. */
export interface WayWeight {
  readonly tensor: OnnxFileTensor;
  readonly isMatrix: boolean;
  /** Place of the first value node that reads it. */
  readonly first: number;
}

/** @param nodes those that values pass (`valueNodes`) */
export function weightsOnWay(nodes: readonly OnnxFileNode[], uses: WeightUses): WayWeight[] {
  const found = new Map<string, WayWeight>();
  nodes.forEach((node, at) => {
    for (const { tensor, isMatrix } of uses.of(node)) {
      const known = found.get(tensor.name);
      const first = known?.first ?? at;
      found.set(tensor.name, { tensor, first, isMatrix: isMatrix || (known?.isMatrix ?? false) });
    }
  });
  return [...found.values()];
}

/** Of the numbers that are read to know whether a tensor is a mask, at first. */
const FEW = 4096;
/** What a mask adds where there is nothing to see. */
const MASKED = -10;

/** Whether a tensor has at most two numbers, one of them far below zero: a softmax behind it leaves those places out. */
export async function isMask(ranges: ByteRanges, tensor: OnnxFileTensor): Promise<boolean> {
  const size = sizeOf(tensor.shape);
  for (const most of [Math.min(FEW, size), size]) {
    const different = new Set<number>();
    for (const value of await readNumbers(ranges, tensor, most)) {
      different.add(value);
      if (different.size > 2) return false;
    }
    if (most === size) return Math.min(...different) < MASKED;
  }
  return false;
}

/**
 * The parameters behind a cut, and the blocks that they are in.
 * @param places of all cuts, the last first
 * @param from the place of the last value node before the part
 */
export function parametersBehind(
  weights: readonly WayWeight[],
  places: readonly CutPlace[],
  from: number,
): ImportedParameter[] {
  const behind = weights.filter(({ first }) => first > from);
  return behind.map(({ tensor: { name, shape }, isMatrix, first }) => {
    const block = places.filter(({ at }) => at >= first).length;
    return { name, shape, block, decays: isMatrix && shape.length >= 2 };
  });
}
