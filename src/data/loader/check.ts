import { fail } from "../../core/index.ts";

/** Refuses a loader option that is not a whole number in [low, high]. */
export function checkWhole(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    fail("config", { where: name, expected: `a whole number from ${low} to ${high}`, found: String(value) });
  }
}

/** Slots beyond the one in use: as asked, else as many as fit a budget, from 1 to 3. */
export function prefetchOf(asked: number | undefined, bytesPerSlot: number): number {
  if (asked !== undefined) {
    checkWhole("prefetch", asked, 1, 64);
    return asked;
  }
  const budget = 256 * 2 ** 20;
  return Math.min(3, Math.max(1, Math.floor(budget / bytesPerSlot) - 1));
}

/** A slip would take all of the memory. */
const MOST_CROPS = 1024;

/** @throws MaskconError "config" where so many views of an image cannot be made */
export const checkCrops = (crops: number): void => checkWhole("crops", crops, 1, MOST_CROPS);
