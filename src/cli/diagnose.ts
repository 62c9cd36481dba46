import { join } from "node:path";
import type { RunConfig } from "../config/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { counted, fail, MaskconError, permutation, printable, random } from "../core/index.ts";
import { type Dataset, readFineLabels } from "../data/index.ts";
import {
  comparedMethods,
  type Diagnosis,
  diagnose,
  knownRelations,
  labelledRelations,
  type Proposal,
  plotEpochs,
  plotTemperatures,
  propose,
} from "../diagnose/index.ts";
import { checkPlace } from "../export/index.ts";
import { asSeenBy, lastState, loadRun, noCheckpoint, type RunState, runStates } from "../run/index.ts";
import { configAt, hasKeys, loadKeys, openKeyEncoder, relationsOptions } from "../train/index.ts";
import { overRun, toCount } from "./config-options.ts";
import { epochTable, methodTable, nearestLine, proposalText, settingsText, settingText } from "./diagnose-table.ts";
import { openRunData } from "./open-run-data.ts";
import { showCount } from "./progress.ts";
import type { Terminal } from "./terminal.ts";
import { warn, warnOfPassedOver } from "./warn.ts";

export interface DiagnoseFlags extends Readonly<Record<string, unknown>> {
  readonly data?: string;
  readonly checkpoints?: boolean;
  readonly images?: string;
  readonly labels?: string;
  readonly fineLabels?: string;
  readonly sampleSeed?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** With fewer labels the proposals of other draws differ widely (docs/diagnose.md). */
const TRUSTED_LABELS = 200;

interface Job {
  readonly config: RunConfig;
  /** Of a backbone from a file: `RunRecord.model`. */
  readonly model: string | undefined;
  readonly dataset: Dataset;
  /** Of the run: the length of its epochs. */
  readonly trainImages: number;
  readonly flags: DiagnoseFlags;
  readonly terminal: Terminal;
  /** Overrides of `relationsOptions`. */
  readonly sample: { readonly queries?: number; readonly seed?: number };
}

/** A checkpoint's diagnosis, and the nearest of the settings that were tried on the same keys. */
interface Diagnosed extends Diagnosis {
  readonly step: number;
  readonly epoch: number;
  readonly queueSize: number;
  readonly settings: Proposal;
}

export async function diagnoseCommand(folder: string, flags: DiagnoseFlags, terminal: Terminal): Promise<void> {
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  const sample = sampleFlags(flags);
  if (flags.out !== undefined) await checkPlace(flags.out, "svg");
  const { states, warnings } = await (flags.checkpoints ? runStates(run) : lastState(run));
  warnOfPassedOver(terminal, warnings);
  const { train, own, warnings: notes } = await openRunData(run, flags, terminal);
  // Whether images were trained with matters to a measure of retrieval, not of targets.
  if (own) for (const warning of notes) warn(terminal, warning);
  const dataset = asSeenBy(run, train);
  const { trainImages } = run.record.dataset;
  const job: Job = { config, model: run.record.model, dataset, trainImages, flags, terminal, sample };
  if (!hasKeys(config)) {
    warn(terminal, `${config.method} has no key encoder: the features of its query encoder stand for keys`);
  }
  const wanted = flags.labels !== undefined || flags.fineLabels !== undefined;
  const fine = wanted ? await fewLabels(job) : undefined;
  const readable = await readableStates(states, terminal);
  const last = readable.at(-1) ?? noCheckpoint(run.paths.checkpoints);
  const diagnoses = dataset.fine || !wanted ? await diagnoseStates(job, readable) : [];
  const proposal = fine ? await proposed(job, last, fine) : undefined;
  const keys = hasKeys(config) ? "projection" : "features";
  const { temperature } = config;
  if (flags.json)
    terminal.out(`${JSON.stringify({ dataset: dataset.name, keys, temperature, diagnoses, proposal })}\n`);
  else terminal.out([...diagnosisText(job, diagnoses), ...proposedText(proposal, diagnoses.at(-1))].join("\n"));
  const plot = flags.out ?? join(folder, "diagnose.svg");
  try {
    await writePlot(plot, job, diagnoses, proposal);
    terminal.err(`plot: ${plot}\n`);
  } catch (error) {
    // A run that cannot be written can be diagnosed all the same.
    if (flags.out !== undefined || !(error instanceof MaskconError)) throw error;
    warn(terminal, `no plot: ${error.message}`);
  }
}

function sampleFlags({ images, sampleSeed }: DiagnoseFlags): Job["sample"] {
  return {
    ...(images === undefined ? {} : { queries: toCount("--images", images) }),
    ...(sampleSeed === undefined ? {} : { seed: toCount("--sample-seed", sampleSeed, 0) }),
  };
}

async function diagnoseStates(job: Job, states: readonly RunState[]): Promise<Diagnosed[]> {
  const diagnoses: Diagnosed[] = [];
  const encoder = await openKeyEncoder(job.config, job.model);
  try {
    for (const state of states) {
      await loadKeys(encoder, await state.load());
      const config = configAt(job.config, state.step, job.trainImages);
      const relations = await knownRelations(encoder, job.dataset, optionsOf(job));
      diagnoses.push({
        step: state.step,
        epoch: state.epoch,
        queueSize: relations.queueLabels.coarse.length,
        ...diagnose(relations, comparedMethods(config), config.temperature),
        settings: propose(relations),
      });
    }
  } finally {
    await encoder.close();
  }
  return diagnoses;
}

const optionsOf = ({ config, sample, terminal }: Job) => ({
  ...relationsOptions(config),
  ...sample,
  progress: showCount(terminal, "images"),
});

/** Damaged checkpoints among several are passed over. */
async function readableStates(states: readonly RunState[], terminal: Terminal): Promise<readonly RunState[]> {
  if (states.length < 2) return states;
  const readable: RunState[] = [];
  for (const state of states) {
    try {
      await state.load();
      readable.push(state);
    } catch (error) {
      if (!(error instanceof MaskconError)) throw error;
      warnOfPassedOver(terminal, [error.message]);
    }
  }
  return readable;
}

/** Fine labels [length] of the few images that the proposal uses, -1 elsewhere. */
async function fewLabels({ flags, dataset, config, sample, terminal }: Job): Promise<Int32Array> {
  if (flags.labels !== undefined) {
    const { fine, unknown } = await readFineLabels(flags.labels, dataset);
    if (unknown) {
      const { count, first } = unknown;
      warn(
        terminal,
        `${flags.labels}: left out ${counted(count, "row")} of no training image${count > 1 ? `, the first in ${first}` : ` in ${first}`}`,
      );
    }
    return fine;
  }
  const count = toCount("--fine-labels", flags.fineLabels!, 2);
  const { fine } = dataset;
  if (!fine) {
    const fix = "give some with --labels FILE.csv (columns id,fine)";
    return fail("usage", {
      where: "--fine-labels",
      expected: "images with fine labels",
      found: "coarse labels alone",
      fix,
    });
  }
  const chosen = new Int32Array(dataset.length).fill(-1);
  const order = permutation(dataset.length, random(sample.seed ?? config.seed, 3));
  for (const place of order.slice(0, count)) chosen[place] = fine[place]!;
  return chosen;
}

async function proposed(job: Job, state: RunState, fine: Int32Array): Promise<Proposal> {
  const encoder = await openKeyEncoder(job.config, job.model);
  try {
    await loadKeys(encoder, await state.load());
    const options = optionsOf(job);
    const proposal = propose(await labelledRelations(encoder, job.dataset, fine, options), { seed: options.seed });
    if (proposal.queries < TRUSTED_LABELS) {
      const advice = "give a few hundred for a proposal that can be trusted";
      warn(job.terminal, `the proposal rests on ${proposal.queries} labelled images: ${advice}`);
    }
    return proposal;
  } finally {
    await encoder.close();
  }
}

function diagnosisText({ dataset, config }: Job, diagnoses: readonly Diagnosed[]): string[] {
  const last = diagnoses.at(-1);
  if (!last) return [];
  const { queries, queueSize, step, epoch } = last;
  const several =
    diagnoses.length > 1 ? [`mean total variation (TV) to the fine labels\n\n${epochTable(diagnoses)}`] : [];
  return [
    `${printable(dataset.name)}: ${queries} queries, a queue of ${queueSize}, T0 ${config.temperature}\n`,
    ...several,
    `checkpoint of step ${step}, epoch ${epoch}\n\n${methodTable(last)}`,
    `${nearestLine(last)}\n`,
    settingsText(last.settings),
  ];
}

/** Where all fine labels are known, what the proposal is worth on them. */
function proposedText(proposal: Proposal | undefined, known: Diagnosed | undefined): string[] {
  if (!proposal) return [];
  const { softWeight: w, softTemperature: t } = proposal;
  const same = known?.settings.tried.find((s) => s.softTemperature === t && s.softWeight === w);
  const check =
    same && known
      ? [`on all fine labels: ${settingText(same)}; the nearest there is ${settingText(known.settings)}\n`]
      : [];
  return [proposalText(proposal), ...check];
}

async function writePlot(
  file: string,
  { dataset }: Job,
  diagnoses: readonly Diagnosed[],
  proposal: Proposal | undefined,
): Promise<void> {
  const svg =
    diagnoses.length > 1
      ? plotEpochs(`${dataset.name}: targets and fine labels`, diagnoses)
      : plotTemperatures(`${dataset.name}: targets and fine labels`, (diagnoses[0]?.settings ?? proposal!).tried);
  await writeTextAtomically(file, svg);
}
