import { fail } from "../core/index.ts";
import { type MethodSetting, methodSettings } from "../methods/index.ts";
import { ownKeysOf, type StepOptions } from "./options.ts";

/** Labels [N] as the graph takes them. */
export function labelFeed({ coarseClasses }: StepOptions, labels: Int32Array): Float32Array {
  if (!(labels instanceof Int32Array))
    fail("shape", { where: "coarseLabels", expected: "an Int32Array", found: kindOf(labels) });
  const bad = labels.findIndex((label) => label < 0 || label >= coarseClasses);
  if (bad >= 0) {
    const expected = `labels from 0 to ${coarseClasses - 1}`;
    fail("shape", { where: `coarseLabels[${bad}]`, expected, found: String(labels[bad]) });
  }
  return Float32Array.from(labels);
}

const kindOf = (value: unknown): string => (value as object | undefined)?.constructor?.name ?? String(value);

/** The learning rate as the graph takes it: one that is no number would spoil every weight. */
export function rateFeed(learningRate: number): Float32Array {
  if (!(learningRate >= 0 && Number.isFinite(learningRate))) {
    fail("shape", { where: "learningRate", expected: "a number of 0 or more", found: String(learningRate) });
  }
  return Float32Array.of(learningRate);
}

export function scheduledFeeds(
  { scheduled = [] }: StepOptions,
  settings: Readonly<Partial<Record<MethodSetting, number>>>,
) {
  const feeds: Record<string, Float32Array> = {};
  for (const name of scheduled) {
    const value = settings[name];
    const { fits, expected, feed } = methodSettings[name];
    if (value === undefined || !fits(value)) {
      fail("shape", { where: `settings.${name}`, expected: `${expected} with every batch`, found: String(value) });
    }
    feeds[feed] = Float32Array.of(value);
  }
  return feeds;
}

/** float32 holds whole numbers exactly up to here. */
const MOST_INDICES = 2 ** 24;

export function indexFeed(options: StepOptions, indices: Int32Array | undefined) {
  if (!ownKeysOf(options)) return {};
  const { batchSize, positiveOwnKeys } = options;
  if (indices?.length !== batchSize || indices.some((index) => index < 0 || index >= MOST_INDICES)) {
    fail("shape", {
      where: "indices",
      expected: `${batchSize} places of images, from 0 to ${MOST_INDICES - 1}, with the option ${positiveOwnKeys ? "positiveOwnKeys" : "maskOwnKeys"}`,
      found: indices ? `${indices.length} values` : "none",
    });
  }
  return { indices: Float32Array.from(indices) };
}
