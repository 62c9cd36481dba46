import { fail } from "../core/index.ts";
import type { ScheduledSetting } from "../methods/index.ts";
import type { StepOptions } from "./options.ts";
import { settingFeeds } from "./step-graph.ts";

/** Labels [N] as the graph takes them. */
export function labelFeed({ coarseClasses }: StepOptions, labels: Int32Array): Float32Array {
  const bad = labels.findIndex((label) => label < 0 || label >= coarseClasses);
  if (bad >= 0) {
    const expected = `labels from 0 to ${coarseClasses - 1}`;
    fail("shape", { where: `coarseLabels[${bad}]`, expected, found: String(labels[bad]) });
  }
  return Float32Array.from(labels);
}

export function scheduledFeeds(
  { scheduled = [] }: StepOptions,
  settings: Readonly<Partial<Record<ScheduledSetting, number>>>,
) {
  const feeds: Record<string, Float32Array> = {};
  for (const name of scheduled) {
    const value = settings[name];
    if (value === undefined || !(value >= 0) || (name === "softTemperature" && value === 0)) {
      fail("shape", { where: `settings.${name}`, expected: "a number above 0 with every batch", found: String(value) });
    }
    feeds[settingFeeds[name]] = Float32Array.of(value);
  }
  return feeds;
}

/** float32 holds whole numbers exactly up to here. */
const mostIndices = 2 ** 24;

export function indexFeed({ maskOwnKeys, batchSize }: StepOptions, indices: Int32Array | undefined) {
  if (!maskOwnKeys) return {};
  if (indices?.length !== batchSize || indices.some((index) => index < 0 || index >= mostIndices)) {
    fail("shape", {
      where: "indices",
      expected: `${batchSize} places of images, from 0 to ${mostIndices - 1}, with the option maskOwnKeys`,
      found: indices ? `${indices.length} values` : "none",
    });
  }
  return { indices: Float32Array.from(indices) };
}
