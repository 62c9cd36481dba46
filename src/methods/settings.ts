import { keysOf } from "../core/index.ts";

/** A number that a method may leave to its user, by the word of a configuration. */
interface SettingRule {
  /** As the formulae have it. */
  readonly symbol: string;
  readonly fits: (value: number) => boolean;
  /** What fits, for messages. */
  readonly expected: string;
  /** The value after `share` of a run that takes it from one value to another. */
  readonly between: (from: number, to: number, share: number) => number;
  /** How that goes, for documentation. */
  readonly path: string;
  /** The input of the step's graph that brings it where it changes during the run. */
  readonly feed: string;
}

const evenly = {
  between: (from: number, to: number, share: number) => from + share * (to - from),
  path: "in equal steps",
};
const byRatios = {
  between: (from: number, to: number, share: number) => from * (to / from) ** share,
  path: "in equal ratios",
};

/** The settings that methods have; which of them a method has stands in its row (`methods.ts`). */
export const methodSettings = {
  /** The share of the soft target; the rest is the own key. */
  softWeight: {
    ...evenly,
    symbol: "w",
    fits: (w) => w >= 0 && w <= 1,
    expected: "a number from 0 to 1",
    feed: "soft_weight",
  },
  /** The temperature of the soft labels. */
  softTemperature: {
    ...byRatios,
    symbol: "T",
    // In float32: what rounds to 0 there has no reciprocal.
    fits: (T) => T > 0 && Math.fround(1 / Math.fround(T)) < Number.POSITIVE_INFINITY,
    expected: "a number above 0",
    feed: "soft_temperature",
  },
  /** The weight of an added cross-entropy of the coarse label. */
  coarseWeight: {
    ...evenly,
    symbol: "x",
    fits: (x) => x >= 0 && Number.isFinite(x),
    expected: "a number of 0 or more",
    feed: "coarse_weight",
  },
} as const satisfies Readonly<Record<string, SettingRule>>;

export const methodSettingNames = keysOf(methodSettings);
export type MethodSetting = (typeof methodSettingNames)[number];

/** Where nothing else is said: the paper's T on small images, and no cross-entropy. The usual w is the method's own. */
export const USUAL_SOFT_TEMPERATURE = 0.05;
export const USUAL_COARSE_WEIGHT = 0;
