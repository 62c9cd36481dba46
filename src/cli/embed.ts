import { MaskconError } from "../core/index.ts";
import { type Dataset, openImages } from "../data/index.ts";
import { checkFeaturesName, checkPlace, embedImages } from "../export/index.ts";
import { asSeenBy, loadRun, withEncoder } from "../run/index.ts";
import { overRun } from "./config-options.ts";
import { warnOfSkipped } from "./open-source.ts";
import { showCount } from "./progress.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warnOfPassedOver } from "./warn.ts";

export interface EmbedFlags extends Readonly<Record<string, unknown>> {
  readonly out: string;
  readonly imageColumn?: string;
}

/** Images in the column that was asked for, else in that of the run's own images where these have it. */
async function openAny(
  images: string,
  options: Parameters<typeof openImages>[1],
  asked: string | undefined,
  own: string | undefined,
): Promise<Dataset> {
  if (asked !== undefined || own === undefined) return openImages(images, { ...options, imageColumn: asked });
  try {
    return await openImages(images, { ...options, imageColumn: own });
  } catch (error) {
    if (!(error instanceof MaskconError) || error.code !== "data") throw error;
    return openImages(images, options);
  }
}

export async function embedCommand(
  folder: string,
  images: string,
  flags: EmbedFlags,
  terminal: Terminal,
): Promise<void> {
  // Before images are read for nothing.
  await checkPlace(flags.out, "npy");
  checkFeaturesName(flags.out);
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  const { weights, warnings } = await run.trained(config.encoder);
  warnOfPassedOver(terminal, warnings);
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; nothing was written\n`);
  await interruptibly(onFirst, async (signal) => {
    const options = { maxBad: config.maxBad, signal, onSkipped: warnOfSkipped(terminal) };
    const found = await openAny(images, options, flags.imageColumn, config.imageColumn);
    const dataset = asSeenBy(run, found);
    const { batchSize, imageSize, workers } = config;
    const embedding = { batchSize, imageSize, workers, signal, progress: showCount(terminal, "images") };
    await withEncoder({ ...config, model: run.record.model }, weights, async (encoder) => {
      const { file, ids } = await embedImages({ ...embedding, encoder, dataset, file: flags.out });
      terminal.err(`wrote ${file} [${dataset.length}, ${encoder.featureDim}] and ${ids}\n`);
    });
  });
}
