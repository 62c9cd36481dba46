import type { RunConfig } from "../config/index.ts";
import { MaskconError, type StopSignal, type Tensors } from "../core/index.ts";
import type { Dataset, LoadedData } from "../data/index.ts";
import { aloneLines, type EvalReport, evaluateFully, type FullEvaluation, gains, recallReport } from "../eval/index.ts";
import {
  type EmbedEffort,
  type Features,
  type Run,
  type RunMetrics,
  readEvaluation,
  readMetrics,
  runEmbedder,
} from "../run/index.ts";
import type { FullReports, Reports } from "./recall.ts";

/**
 * Reports what is being done, and how much of it is.
 * @inline
 */
type ReportProgress = (what: string, done: number, total: number) => void;

export interface Sources {
  /** The run that the report is about. */
  readonly run: Run;
  /** The run's settings, under those that this machine needs otherwise (device, workers). */
  readonly config: RunConfig;
  /** Opens the images. What it throws becomes a line of what is missing, unless it was asked for. */
  readonly data: () => Promise<OpenedData>;
  /** What was chosen for this report by name: where it cannot be had there is no report. */
  readonly asked?: { readonly data?: boolean; readonly device?: boolean; readonly encoder?: boolean };
  /** Whether these are the run's own images (without test images, the ones it was trained on), where `data` does not say. */
  readonly own?: boolean;
  /** Aborts by throwing its reason. */
  readonly signal?: StopSignal;
  /** Called with what is being done, and how much of it is. */
  readonly progress?: ReportProgress;
}

/** Images, and what is known of how they stand to the run. */
export type OpenedData = LoadedData & { readonly own?: boolean; readonly warnings?: readonly string[] };

/** Everything of a run that a report can show. What is missing of a half or torn run is said in `missing`. */
export interface Collected {
  readonly metrics: RunMetrics;
  readonly reports: Reports;
  /** What was measured now, beyond what a run records. */
  readonly full: FullReports;
  readonly missing: readonly string[];
  /** The images, and that they are the training images for want of others. */
  readonly dataset?: Dataset;
  readonly onTraining: boolean;
  readonly trained?: Features;
  readonly frozen?: Features;
  /** Where the trained encoder comes from. */
  readonly position?: { readonly step: number; readonly epoch: number };
}

/** Reads a run and embeds its images by both encoders; each part fails alone, but for what was asked for. */
export async function collect(sources: Sources): Promise<Collected> {
  const { run, signal, asked = {} } = sources;
  const missing: string[] = [];
  const attempt = attempts(missing, signal);
  const metrics = readMetrics(run.paths.metrics, run.record.id);
  missing.push(...metrics.problems);
  const checkpoint = await attempt("no trained encoder", () => run.trained(sources.config.encoder), asked.encoder);
  for (const warning of checkpoint?.warnings ?? []) missing.push(`passed over a checkpoint: ${warning}`);
  if (checkpoint?.step === 0) missing.push("no trained encoder: the run has not taken a step yet");
  const weights = checkpoint?.step === 0 ? undefined : checkpoint?.weights;
  const untrained = (await attempt("no frozen baseline", () => run.untrained())) ?? [];
  const data = await attempt("no images", sources.data, asked.data);
  const { dataset, onTraining } = chosen(data, sources, missing);
  const insisted = asked.data || asked.device || asked.encoder;
  const embedder = dataset && runEmbedder(run, dataset, sources.config);
  const embed = (name: string, weights: Tensors | undefined) =>
    embedder && weights
      ? attempt(`no features of the ${name} encoder`, () => embedder(weights, effortOf(sources, name)), insisted)
      : undefined;
  const embedUntrained = (name: (typeof untrained)[number]["name"]) =>
    embed(name, untrained.find((encoder) => encoder.name === name)?.weights);
  const frozen = await embedUntrained("frozen");
  const whitened = await embedUntrained("whitened");
  const head = await embedUntrained("head");
  const trained = await embed("trained", weights);
  const evaluate = (name: string, features: Features | undefined) =>
    features && dataset
      ? attempt(`no evaluation of the ${name} encoder`, () => evaluateAll(sources, name, features, dataset))
      : undefined;
  const [white, first] = [await evaluate("whitened", whitened), await evaluate("head", head)];
  const pair = await compared(await evaluate("frozen", frozen), await evaluate("trained", trained), sources);
  const full = { ...pair, ...(white && { whitened: white.report }), ...(first && { head: first.report }) };
  const measured = full.trained ?? full.frozen;
  const lone = dataset?.fine !== undefined && measured !== undefined && !measured.fine;
  if (lone) missing.push("no two of the images share a fine class: coarse classes only");
  else if (dataset && measured) missing.push(...aloneLines(dataset));
  return {
    ...{ metrics, missing, onTraining, full },
    reports: await withRecorded(full, run, metrics, missing),
    // Fine labels by which nothing can be right would mark every neighbour as wrong.
    ...(dataset && { dataset: lone ? { ...dataset, fine: undefined, fineClasses: undefined } : dataset }),
    ...(trained && { trained }),
    ...(frozen && { frozen }),
    ...(checkpoint && weights && { position: { step: checkpoint.step, epoch: checkpoint.epoch } }),
  };
}

/** Gives what a part of the report needs; where it fails that is a line of `missing`, unless the part is `needed`. */
const attempts =
  (missing: string[], signal: StopSignal | undefined) =>
  async <T>(what: string, work: () => Promise<T>, needed = false): Promise<T | undefined> => {
    try {
      signal?.throwIfAborted();
      return await work();
    } catch (error) {
      if (needed || !(error instanceof MaskconError)) throw error;
      missing.push(`${what}: ${error.message}`);
      return undefined;
    }
  };

function chosen(data: OpenedData | undefined, { own = false }: Sources, missing: string[]) {
  if (!data) return { dataset: undefined, onTraining: false };
  missing.push(...(data.warnings ?? []));
  const onTraining = (data.own ?? own) && !data.test;
  if (onTraining) missing.push("there are no test images: what follows is measured on the training images");
  const images = data.test ?? data.train;
  if (!images.fine) missing.push("fine labels are unknown: coarse classes only");
  return { dataset: images, onTraining };
}

const effortOf = (o: Sources, name: string): EmbedEffort => ({
  signal: o.signal,
  progress: (done, total) => o.progress?.(`images by the ${name} encoder`, done, total),
});

function evaluateAll(o: Sources, name: string, { features, dim }: Features, dataset: Dataset): Promise<FullEvaluation> {
  const { threads } = o.config;
  return evaluateFully(features, dim, dataset, {
    ...{ threads, signal: o.signal },
    progress: ({ phase, done, total }) => o.progress?.(`${phase} of the ${name} encoder`, done, total),
  });
}

async function compared(
  frozen: FullEvaluation | undefined,
  trained: FullEvaluation | undefined,
  { signal, progress }: Sources,
): Promise<FullReports> {
  const options = {
    signal,
    progress: ({ done, total }: { done: number; total: number }) => progress?.("intervals of the gain", done, total),
  };
  return {
    ...(frozen && { frozen: frozen.report }),
    ...(trained && { trained: trained.report }),
    ...(frozen && trained && { gain: await gains(trained.scores, frozen.scores, options) }),
  };
}

/** What was not measured now is taken from what the run recorded, the newest first. */
async function withRecorded(full: FullReports, run: Run, metrics: RunMetrics, missing: string[]): Promise<Reports> {
  const recorded = await readEvaluation(run.paths);
  const known = (encoder: "frozen" | "whitened" | "head" | "trained"): EvalReport | undefined => {
    const report = full[encoder];
    if (report) return recallReport(report);
    return recorded[encoder] ?? metrics.evals.findLast((event) => event.encoder === encoder)?.recall;
  };
  const [frozen, whitened, head, trained] = [known("frozen"), known("whitened"), known("head"), known("trained")];
  if (!frozen && !trained) missing.push("no evaluation was recorded either (`maskcon eval RUN` makes one)");
  else if ((frozen && !full.frozen) || (trained && !full.trained))
    missing.push("the tables show what the run recorded, not a new measurement");
  return { frozen, whitened, head, trained };
}
