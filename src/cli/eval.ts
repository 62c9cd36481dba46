import type { RunConfig } from "../config/index.ts";
import { counted, MaskconError, printable, type Tensors } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import {
  aloneLines,
  type EvalReport,
  evaluateFeatures,
  evaluateFully,
  type FullEvaluation,
  type FullReport,
  fewImagesLine,
  gains,
  recallReport,
} from "../eval/index.ts";
import { loadRun, type Run, runEmbedder, writeEvaluation } from "../run/index.ts";
import { overRun } from "./config-options.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { classTable, measuresTable } from "./measures-table.ts";
import { openRunData } from "./open-run-data.ts";
import { recallTable } from "./recall-table.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warn, warnOfPassedOver } from "./warn.ts";

export interface EvalFlags extends Readonly<Record<string, unknown>> {
  readonly data?: string;
  readonly json?: boolean;
  readonly quick?: boolean;
}

/** Measures a run's encoders on images until it is interrupted. */
export function evalCommand(folder: string, flags: EvalFlags, terminal: Terminal): Promise<void> {
  return interruptibly(
    (signal) => terminal.err(`\n${signal}: stopping\n`),
    (signal) => evaluateRun(folder, flags, terminal, signal),
  );
}

async function evaluateRun(folder: string, flags: EvalFlags, terminal: Terminal, signal: AbortSignal): Promise<void> {
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  const { weights, step, epoch, warnings } = await run.trained(config.encoder);
  warnOfPassedOver(terminal, warnings);
  const untrained = await run.untrained();
  const { train, test, own, trainedWith, warnings: notes } = await openRunData(run, flags, terminal);
  for (const warning of notes) warn(terminal, warning);
  if (!test && own) warn(terminal, "no test images: evaluated on the training images");
  const dataset = test ?? train;
  const evaluate = evaluator(run, config, dataset, { quick: flags.quick === true, terminal, signal });
  // Before its first step a run has no encoder but the frozen one.
  const trained = step > 0 ? await evaluate("trained", weights) : undefined;
  const measuredOnce = new Map<string, Evaluated>();
  for (const { name, weights } of untrained) measuredOnce.set(name, await evaluate(name, weights));
  const [frozen, whitened] = [measuredOnce.get("frozen")!, measuredOnce.get("whitened")];
  const head = measuredOnce.get("head");
  const recall = {
    ...(trained && { trained: trained.recall }),
    ...(head && { head: head.recall }),
    ...(whitened && { whitened: whitened.recall }),
    frozen: frozen.recall,
  };
  if (dataset.fine && !recall.frozen.fine) {
    warn(terminal, "no two of these images share a fine class: only the coarse classes can be measured");
  }
  // What the run itself would have recorded, no other images' or encoder's figures.
  const ofTheRun = own && config.encoder === run.record.config.encoder;
  if (ofTheRun) await record(run, { step, epoch, ...recall }, terminal);
  const full = { frozen: frozen.full, whitened: whitened?.full, head: head?.full, trained: trained?.full };
  const more = await measured(full, terminal, signal);
  if (flags.json) {
    const parts = { ...recall, encoder: config.encoder, step, epoch, images: dataset.length };
    const known = { trainedWith: trainedWith ?? null };
    terminal.out(`${JSON.stringify({ ...parts, ...known, ...(more && measuresAsJson(more, dataset)) })}\n`);
    return;
  }
  const encoder = `${config.encoder} encoder of the checkpoint of step ${step}`;
  terminal.out(`${printable(dataset.name)}, ${counted(dataset.length, "image")}, ${encoder}\n\n`);
  const { frozen: before, whitened: white, head: first, trained: after } = recall;
  terminal.out(recallTable({ frozen: before, whitened: white, head: first, trained: after }));
  const few = fewImagesLine(dataset.length);
  for (const line of [...aloneLines(dataset), ...(few ? [few] : [])]) terminal.out(`${line}\n`);
  if (more) terminal.out(`\n${measuresAsText(more, dataset)}`);
}

interface Evaluated {
  readonly recall: EvalReport;
  readonly full?: FullEvaluation;
}

/** Embeds the images with given weights and measures the features; only the scores are kept. */
function evaluator(
  run: Run,
  config: RunConfig,
  dataset: Dataset,
  { quick, terminal, signal }: { quick: boolean; terminal: Terminal; signal: AbortSignal },
) {
  const progress = showEvalProgress(terminal);
  const embed = runEmbedder(run, dataset, config);
  return async (name: string, weights: Tensors): Promise<Evaluated> => {
    const show = (event: Parameters<typeof progress.show>[1]) => progress.show(`${name} encoder`, event);
    try {
      const { features, dim } = await embed(weights, {
        signal,
        progress: (done, total) => show({ phase: "images", done, total }),
      });
      const options = { threads: config.threads, signal, progress: show };
      if (quick) return { recall: await evaluateFeatures(features, dim, dataset, options) };
      const full = await evaluateFully(features, dim, dataset, options);
      return { recall: recallReport(full.report), full };
    } finally {
      progress.clear();
    }
  };
}

interface Full {
  readonly frozen: FullEvaluation;
  /** Of a model from a file. */
  readonly whitened?: FullEvaluation | undefined;
  readonly head?: FullEvaluation | undefined;
  /** Absent before the first step, and the gain with it. */
  readonly trained?: FullEvaluation;
  readonly gain?: Awaited<ReturnType<typeof gains>>;
}

/** Every measure and the gain; undefined where Recall@K alone was wanted. */
async function measured(
  { frozen, whitened, head, trained }: { readonly [Name in keyof Omit<Full, "gain">]: FullEvaluation | undefined },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Full | undefined> {
  if (!frozen || !trained) return frozen && { frozen, whitened, head };
  const progress = showEvalProgress(terminal);
  const show = (event: Parameters<typeof progress.show>[1]) => progress.show("gain", event);
  try {
    const gain = await gains(trained.scores, frozen.scores, { signal, progress: show });
    return { frozen, whitened, head, trained, gain };
  } finally {
    progress.clear();
  }
}

function measuresAsText({ trained, head, whitened, frozen, gain }: Full, dataset: Dataset): string {
  const between = { head: head?.report, whitened: whitened?.report };
  const reports = { trained: trained?.report, ...between, frozen: frozen.report };
  const overall = measuresTable(reports, gain);
  const classes = { trained: trained?.report.perClass, frozen: frozen.report.perClass };
  return `${overall}\n${classTable(classes, dataset.coarseClasses)}`;
}

/** `metrics` by encoder and question, and `perClass` with a row for each coarse class. */
function measuresAsJson({ trained, head, whitened, frozen, gain }: Full, { coarseClasses }: Dataset): object {
  const overall = ({ perClass: _, images: __, ...answers }: FullReport) => answers;
  const rowOf = ({ perClass }: FullReport, place: number) => {
    const { coarseClass: _, images: __, fineClasses: ___, ...answers } = perClass[place]!;
    return answers;
  };
  return {
    metrics: {
      ...(trained && { trained: overall(trained.report) }),
      ...(head && { head: overall(head.report) }),
      ...(whitened && { whitened: overall(whitened.report) }),
      frozen: overall(frozen.report),
      ...(gain && { gain }),
    },
    perClass: frozen.report.perClass.map(({ coarseClass, images, fineClasses }, place) => ({
      class: coarseClasses[coarseClass] ?? String(coarseClass),
      images,
      ...(fineClasses === undefined ? {} : { fineClasses }),
      ...(trained && { trained: rowOf(trained.report, place) }),
      frozen: rowOf(frozen.report, place),
    })),
  };
}

/** A folder that cannot be written is no reason not to evaluate. */
async function record(run: Run, evaluation: Parameters<typeof writeEvaluation>[1], terminal: Terminal): Promise<void> {
  try {
    await writeEvaluation(run.paths, { ...evaluation, run: run.record.id });
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    warn(terminal, error.message);
  }
}
