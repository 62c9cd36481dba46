import { existsSync } from "node:fs";
import { type RunConfig, type RunRecord, version } from "../config/index.ts";
import { removeUnfinished } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import type { LoadedData, TrainBatch } from "../data/index.ts";
import { requireDevice } from "../engine/runtime/doctor.ts";
import {
  advance,
  createRunFolder,
  freshPosition,
  lockRun,
  type Metrics,
  newRecord,
  openMetrics,
  type Position,
  readRecord,
  reconcile,
  removeEmpty,
  runPaths,
  type TrainEvent,
  writeRecord,
} from "../run/index.ts";
import { compileStep } from "../step/index.ts";
import { batchesBetween } from "./batches.ts";
import { checkTrainable, dataWarnings, fewTestWarnings, lengthWarnings, trainingSet } from "./data-check.ts";
import { headStage } from "./head-stage.ts";
import { openInput } from "./input.ts";
import { type Keeper, keepRun, unlessAborted } from "./keeper.ts";
import { asModelSees, openRunModel } from "./model.ts";
import type { OpenRun } from "./open-run.ts";
import { watchPlateau } from "./plateau.ts";
import type { InputOptions } from "./run-input.ts";
import { learningRate, scheduleOf } from "./schedule.ts";
import { averageRate, settingsAt } from "./settings.ts";
import { measureSpeed, type Speed } from "./speed.ts";
import { beginRun, initDigest, initializeRun, prepared, restoreRun } from "./start.ts";
import { stepOptions } from "./step-options.ts";
import type { TrainOptions, TrainResult } from "./train-options.ts";

/**
 * Trains an encoder from coarse labels: fills the queue, evaluates the frozen encoder, then steps, evaluates and
 * checkpoints until the schedule ends. Every event goes to `onEvent` and `metrics.jsonl`.
 * @throws MaskconError "usage" where `out` holds a run and `resume` is not set, "busy" where another process trains it,
 *   "config" or "data" where the two do not fit, "device" where it is not there, "engine" on a loss that is not finite;
 *   checkpoints stay.
 */
export async function train(config: RunConfig, images: LoadedData, options: TrainOptions): Promise<TrainResult> {
  const paths = runPaths(options.out);
  // Where a run goes on, images that have changed are the cause of whatever else they do not fit.
  const resumed = options.resume === true && existsSync(paths.config);
  if (!resumed) checkTrainable(config, trainingSet(config, images));
  await requireDevice(config.device);
  const made = !existsSync(paths.folder);
  const begun = await createRunFolder(paths, options.resume ?? false);
  const closers: (() => unknown)[] = made ? [() => removeEmpty(paths)] : [];
  closers.push(lockRun(paths.folder));
  try {
    await removeUnfinished(paths.folder);
    const recorded = begun ? await readRecord(paths) : undefined;
    const model = await openRunModel(config, recorded);
    closers.push(() => model?.trunk.close());
    const given = model ? asModelSees(images, model) : images;
    const wanted = await wantedRecord(config, { ...options, model: model?.trunk.digest, recorded });
    const reconciled = recorded ? reconcile(paths, recorded, wanted, given) : newRecord(paths, wanted, given);
    const { record, data, warnings, writeList } = await reconciled;
    const set = trainingSet(config, data);
    if (resumed) checkTrainable(config, set);
    let metrics: Metrics | undefined;
    const emit = (event: TrainEvent) => {
      if (event.event !== "progress") metrics?.write(event);
      options.onEvent?.(event);
    };
    const { signal } = options;
    // Caching takes long: a run that is stopped in it can be resumed.
    if (model && !recorded) {
      await writeList();
      await writeRecord(paths, record);
    }
    const unfinished = { folder: paths.folder, reason: "interrupted", ...freshPosition, ...unmeasured } as const;
    const isDeep = model !== undefined && config.trainable !== "head";
    // Before anything is cached. A head that is trained first says it itself.
    const isSaid = isDeep && config.init === undefined;
    if (model?.warning && !isSaid) emit({ event: "warning", step: 0, epoch: 0, message: model.warning });
    const stage = isDeep
      ? await headStage(config, images, { ...options, paths, model, record, recorded, emit, train })
      : undefined;
    if (isDeep && !stage) return unfinished;
    const opening = openInput({ config, data, set, signal, ...cachingEvents(emit) }, model, stage);
    const input = await unlessAborted(opening, signal);
    if (!input) return unfinished;
    closers.push(() => input.close());
    const { backbone, parameterGroups, loader } = input;
    const choices = { backbone, parameterGroups, plan: record.plan };
    const step = await compileStep(stepOptions(config, set.coarseClasses.length, choices));
    closers.push(() => step.close());
    const schedule = scheduleOf(config, loader.batchesPerEpoch);
    const run: OpenRun = { config, paths, record, data, set, input, step, loader, schedule, signal, emit };
    const restored = await restoreRun(run);
    const notes = restored?.warnings ?? (await initializeRun(run));
    await writeList();
    await writeRecord(paths, { ...record, plan: step.plan });
    metrics = openMetrics(paths.metrics, restored?.position.step ?? 0, record.id);
    closers.push(() => metrics?.close());
    emitStart(run, restored?.position);
    const atFirst = restored ? [] : [...fewTestWarnings(data), ...lengthWarnings(config, set)];
    const said = [...dataWarnings(data), ...atFirst, ...warnings, ...notes];
    for (const message of said) warn(run, restored?.position, message);
    const start = restored?.position ?? (await beginRun(run));
    // Nothing to keep yet: a later start fills the queue anew.
    if (!start) return unfinished;
    return await loop(run, start, restored !== undefined);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

interface WantedRun extends Pick<TrainOptions, "source" | "plan"> {
  readonly model: string | undefined;
  readonly recorded: RunRecord | undefined;
}

/** What a run of these settings would keep of itself, its images apart. */
async function wantedRecord(config: RunConfig, { source, plan, model, recorded }: WantedRun) {
  // A run that has begun has its weights in its checkpoints: the file may be gone.
  const known = recorded !== undefined && recorded.config.init === config.init;
  const initialWeights = known ? recorded.initialWeights : await initDigest(config);
  return { version, data: source, initialWeights, model, config, plan };
}

/** What caching features has to say. */
function cachingEvents(emit: (event: TrainEvent) => void): Pick<InputOptions, "progress" | "notice"> {
  const at = { step: 0, epoch: 0 };
  return {
    progress: (done, total) => emit({ event: "progress", ...at, what: "features", done, total }),
    notice: (message) => emit({ event: "notice", ...at, message }),
  };
}

const unmeasured = { frozen: undefined, whitened: undefined, head: undefined, trained: undefined };

async function loop(run: OpenRun, start: Position, restored: boolean): Promise<TrainResult> {
  const { schedule, loader, paths } = run;
  const began = performance.now();
  const keeper = keepRun(run, start, restored);
  const speed = measureSpeed();
  const plateau = watchPlateau(run.config);
  const batches = batchesBetween(loader, start.step, schedule.totalSteps);
  let reason: TrainResult["reason"] = "finished";
  let first = true;
  try {
    for (;;) {
      await keeper.keep();
      if (run.signal?.aborted) {
        reason = keeper.position.step < schedule.totalSteps || !keeper.complete ? "interrupted" : "finished";
        break;
      }
      if (keeper.position.step >= schedule.totalSteps) break;
      if (first && !(await prepared(run))) continue;
      const loss = await oneStep(run, keeper, speed, batches);
      const stuck = plateau(loss);
      if (stuck) warn(run, keeper.position, stuck);
      if (first) await warnOfFallbacks(run, keeper.position);
      first = false;
    }
  } finally {
    await batches.return(undefined);
  }
  const { step, epoch, frozen, whitened, head, trained } = keeper.position;
  run.emit({ event: "end", step, epoch, reason, ...speed.overall, seconds: (performance.now() - began) / 1000 });
  return { folder: paths.folder, reason, step, epoch, frozen, whitened, head, trained };
}

async function oneStep(
  run: OpenRun,
  keeper: Keeper,
  speed: Speed,
  batches: AsyncGenerator<TrainBatch>,
): Promise<number> {
  const { config, schedule, loader } = run;
  const { totalSteps } = schedule;
  const { step, epoch } = keeper.position;
  const start = performance.now();
  const { value: batch } = (await batches.next()) as { value: TrainBatch };
  const waited = performance.now() - start;
  const rate = learningRate(schedule, step);
  const { query, key, coarseLabels, indices } = batch;
  const { loss, gradientNorm } = await run.step.run({
    ...{ query, key, coarseLabels, indices },
    learningRate: rate,
    settings: settingsAt(config, step, totalSteps),
    averageRate: averageRate(config, step, { totalSteps, stepsPerEpoch: loader.batchesPerEpoch }),
  });
  const images = coarseLabels.length;
  batch.release();
  if (!Number.isFinite(loss)) stopAt(step + 1, loss, keeper.saved);
  keeper.position = advance(keeper.position, step + 1, loader.batchesPerEpoch);
  speed.step(images, performance.now() - start, waited);
  const { imagesPerSecond, dataWait } = speed;
  const norm = gradientNorm === undefined ? {} : { gradientNorm };
  run.emit({ event: "step", step: step + 1, epoch, loss, learningRate: rate, ...norm, imagesPerSecond, dataWait });
  return loss;
}

/** What a device leaves to the CPU is slow, and easily overlooked. */
async function warnOfFallbacks(run: OpenRun, position: Position): Promise<void> {
  const reasons = (await run.step.fallbacks()).step ?? [];
  if (reasons.length === 0) return;
  warn(run, position, `${run.config.device} leaves operators of the step to the CPU: ${reasons.join(", ")}`);
}

function stopAt(step: number, loss: number, saved: number): never {
  return fail("engine", {
    where: `step ${step}`,
    expected: "a finite loss",
    found: String(loss),
    fix: `the checkpoint of step ${saved} is kept; start a new run with a lower --learning-rate or a higher --temperature`,
  });
}

function emitStart(run: OpenRun, position: Position | undefined): void {
  const { step = 0, epoch = 0 } = position ?? {};
  run.emit({
    event: "start",
    run: run.record.id,
    step,
    epoch,
    resumed: position !== undefined,
    steps: run.schedule.totalSteps,
    stepsPerEpoch: run.loader.batchesPerEpoch,
    batchSize: run.config.batchSize,
    dataset: run.data.name,
    trainImages: run.set.length,
    testImages: run.data.test?.length ?? 0,
    time: new Date().toISOString(),
  });
}

function warn(run: OpenRun, position: Position | undefined, message: string): void {
  run.emit({ event: "warning", step: position?.step ?? 0, epoch: position?.epoch ?? 0, message });
}
