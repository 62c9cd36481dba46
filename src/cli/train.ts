import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { readForeignModel } from "../backbone/index.ts";
import { checkMatters, isModelFile, type RunConfig, type RunRecord, resolveConfig } from "../config/index.ts";
import { fail, MaskconError, type StopSignal } from "../core/index.ts";
import { datasetNames, type LoadedData } from "../data/index.ts";
import { writeEncoder } from "../export/index.ts";
import { loadRun, runPaths, type TrainEvent } from "../run/index.ts";
import { type TrainResult, train } from "../train/index.ts";
import { flagValues, readSettings } from "./config-options.ts";
import { BACKBONE_PLACES, findBackbone, isOpenStart } from "./found-backbone.ts";
import { checkThere, openSource, PACKAGE_SOURCE, readingsElsewhere } from "./open-source.ts";
import { refuseInside } from "./outside-data.ts";
import { showProgress } from "./progress.ts";
import { behindFrozen, recallTable } from "./recall-table.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

export interface GivenTrainFlags extends Readonly<Record<string, unknown>> {
  readonly data?: string;
  readonly out?: string;
  readonly resume?: boolean;
  readonly config?: string;
  readonly preset?: string;
}

interface TrainFlags extends GivenTrainFlags {
  readonly out: string;
}

/** DATA as an argument or as `--data`. */
function dataOf(argument: string | undefined, { data }: GivenTrainFlags): string | undefined {
  if (argument === undefined || data === undefined || argument === data) return argument ?? data;
  return fail("usage", {
    where: "--data",
    expected: `the DATA of the argument, ${argument}`,
    found: data,
    fix: "give one",
  });
}

export async function trainCommand(
  argument: string | undefined,
  flags: GivenTrainFlags,
  terminal: Terminal,
): Promise<void> {
  const data = dataOf(argument, flags);
  const { out = join("runs", flags.preset ?? "maskcon"), resume = false } = flags;
  const found = data !== undefined && isOpenStart(flags) ? findBackbone() : undefined;
  if (found) terminal.err(`${found.line}\n`);
  const { preset: _, ...open } = flags;
  const given = found ? { ...open, backbone: found.file } : flags;
  const { source, plan, ...set } = await settings(data, { ...given, out });
  const onFirst = (signal: string) =>
    terminal.err(`\n${signal}: finishing this step and writing a checkpoint; once more to leave at once\n`);
  await interruptibly(onFirst, async (signal) => {
    const { config, images } = await openImages(source, set, signal);
    if (flags.out === undefined) terminal.err(`run: ${out}\n`);
    warnOfPreset(config, images, terminal);
    const progress = showProgress(terminal);
    const onEvent = (event: TrainEvent) => {
      progress.show(event);
      if (event.event === "start" && !event.resumed) suggestModel(config, images, flags, terminal);
    };
    const result = await train(config, images, { out, resume, signal, onEvent, source, plan });
    if (result.reason === "finished") await finish(out, result, terminal);
    else terminal.err(`continue with: maskcon train --out ${out} --resume\n`);
  });
}

/** A dataset's preset with another dataset's images: known sets are called by their names, and what differs in brackets. */
function warnOfPreset({ preset }: RunConfig, { name }: LoadedData, terminal: Terminal): void {
  const known = (text: string | undefined) => datasetNames.some((dataset) => dataset === text);
  const set = name.replace(/ \(.*\)$/, "");
  if (!known(preset) || !known(set) || preset === set) return;
  warn(terminal, `--preset ${preset} has the settings for other images than ${name}`);
}

/** The size that a model from a file is made for, where none is given. */
async function modelLayer({ backbone, imageSize, featureOutput }: Readonly<Record<string, unknown>>) {
  if (!isModelFile(backbone) || imageSize !== undefined) return undefined;
  const output = typeof featureOutput === "string" ? featureOutput : undefined;
  return { imageSize: (await readForeignModel(backbone, { output })).imageSize };
}

/** Photographs of one's own from random weights: the better start is named. */
function suggestModel(
  { backbone, init, preset = "start" }: RunConfig,
  { name }: LoadedData,
  flags: GivenTrainFlags,
  terminal: Terminal,
): void {
  const isNamed = datasetNames.some((dataset) => dataset === name.replace(/ \(.*\)$/, ""));
  if (isModelFile(backbone) || init !== undefined || isNamed || preset !== "start") return;
  const none = isOpenStart(flags) ? `no model in ${BACKBONE_PLACES}, so ` : "";
  terminal.err(
    `${none}from random weights: for photographs a pretrained model is the better start, --backbone FILE.onnx\n`,
  );
}

/** What a run behind a model can go on with. */
function suggestDepth({ backbone, trainable }: RunConfig, out: string, terminal: Terminal): void {
  if (!isModelFile(backbone) || trainable !== "head") return;
  terminal.err(
    `the model itself, from this head: --trainable all --init ${out}; maskcon backbone ${backbone} says whether it can be trained\n`,
  );
}

/** The images as they can be read, and under which of the settings. */
async function openImages(
  source: string,
  { config, elsewhere }: Pick<Settings, "config" | "elsewhere">,
  signal: StopSignal,
) {
  try {
    return { config, images: await openSource(source, config, signal) };
  } catch (error) {
    if (!elsewhere || !(error instanceof MaskconError)) throw error;
    const images = await openSource(source, elsewhere, signal).catch((second) => {
      // "config": DATA of a kind to which the old columns say nothing.
      throw error.code === "config" ? second : error;
    });
    return { config: elsewhere, images };
  }
}

interface Settings {
  readonly config: RunConfig;
  /** Of a run that is resumed on DATA at another place: without the columns that were named for the old one. */
  readonly elsewhere?: RunConfig | undefined;
  readonly source: string;
  readonly plan: RunRecord["plan"];
}

/** Flags over the file, over what a resumed run began with. */
async function settings(data: string | undefined, flags: TrainFlags): Promise<Settings> {
  const recorded =
    flags.resume && existsSync(runPaths(flags.out).config) ? (await loadRun(flags.out)).record : undefined;
  const given = flagValues(flags);
  const file = flags.config === undefined ? undefined : await readSettings(flags.config, given);
  const path = file?.path ?? runPaths(flags.out).config;
  const values = { ...recorded?.config, ...file?.values };
  const model = await modelLayer({ ...values, ...given });
  const config = resolveConfig({ flags: given, file: { path, values }, ...(model && { model }) });
  checkMatters(config, { flags: given, ...(file && { file: { path, values: file.chosen } }) });
  const source = data === undefined || data === PACKAGE_SOURCE ? (data ?? recorded?.data) : resolve(data);
  if (source !== undefined && source !== PACKAGE_SOURCE && !recorded) refuseInside(source, flags.out);
  if (source !== undefined) {
    const fix = "where they lie elsewhere now, give that place: maskcon train DATA --out RUN --resume";
    if (data === undefined) checkThere(source, fix);
    const moved = recorded !== undefined && data !== undefined;
    const reading = moved ? readingsElsewhere(config, { ...file?.values, ...given })[1] : undefined;
    return { config, elsewhere: reading && { ...config, ...reading }, source, plan: file?.plan };
  }
  return fail("usage", {
    where: "DATA",
    expected: "an image folder, a CSV or the folder of a named dataset",
    found: "nothing",
    fix: "maskcon train DATA --out RUN",
  });
}

async function finish(
  out: string,
  { frozen, whitened, head, trained }: TrainResult,
  terminal: Terminal,
): Promise<void> {
  const run = await loadRun(out);
  await writeEncoder(run, (await run.trained()).weights, run.paths.encoder);
  terminal.err(`encoder: ${run.paths.encoder}\n`);
  const behind = behindFrozen(head ?? whitened ?? frozen, trained);
  if (behind) warn(terminal, behind);
  suggestDepth(run.record.config, out, terminal);
  // Last: all is written where nobody reads it.
  terminal.out(recallTable({ frozen, whitened, head, trained }));
}
