import { existsSync } from "node:fs";
import { join } from "node:path";
import { type RunConfig, resolveConfig } from "../config/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { counted, fail } from "../core/index.ts";
import type { LoadedData } from "../data/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { writeEncoder } from "../export/index.ts";
import { type Column, neighboursPage } from "../report/index.ts";
import { embedWithRun, loadRun } from "../run/index.ts";
import { train } from "../train/index.ts";
import { flagValues } from "./config-options.ts";
import { demoImages } from "./demo-images.ts";
import { stepsWithin } from "./demo-steps.ts";
import { PACKAGE_SOURCE } from "./open-source.ts";
import { duration, showCount, showProgress } from "./progress.ts";
import { recallTable } from "./recall-table.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export interface DemoFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string;
  readonly compare?: boolean;
  readonly json?: boolean;
  readonly yes?: boolean;
}

interface DemoRun {
  readonly method: string;
  readonly title: string;
  readonly folder: string;
  readonly config: RunConfig;
  readonly frozen: EvalReport;
  readonly trained: EvalReport;
  readonly step: number;
}

const maskcon = { method: "maskcon", title: "MaskCon" };
const compared = [{ method: "selfcon", title: "SelfCon" }, { method: "supcon", title: "SupCon" }, maskcon];

export async function demoCommand(flags: DemoFlags, terminal: Terminal): Promise<void> {
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; once more to leave at once\n`);
  await interruptibly(onFirst, async (signal) => {
    const data = await demoImages(terminal, { yes: flags.yes, signal });
    if (!data)
      return terminal.err("nothing was installed; your own images need none of it: maskcon train DATA --out RUN\n");
    const began = performance.now();
    const out = flags.out ?? freeFolder("runs/demo");
    const runs: DemoRun[] = [];
    const given = { preset: "demo", ...flagValues(flags) };
    const steps = await stepsFor(resolveConfig({ flags: given }), flags, data, terminal);
    for (const { method, title } of flags.compare ? compared : [maskcon]) {
      const config = resolveConfig({ flags: { ...given, method, steps } });
      const run = await trainOne({ method, title, config, folder: join(out, method) }, data, terminal, signal);
      if (!run) return;
      runs.push(run);
    }
    await conclude(runs, data, { out, began, json: flags.json ?? false }, terminal);
  });
}

/** Of training, so that evaluation and the page still fit into five minutes, and so where the machine slows down by a quarter. */
const TRAINING_SECONDS = 200;

async function stepsFor(config: RunConfig, flags: DemoFlags, data: LoadedData, terminal: Terminal): Promise<number> {
  const steps = config.steps!;
  if (flags.steps !== undefined) return steps;
  const possible = await stepsWithin(TRAINING_SECONDS, config, data.train.coarseClasses.length);
  if (possible >= steps) return steps;
  terminal.err(
    `this machine makes ${counted(possible, "step")} in ${duration(TRAINING_SECONDS)}: training so many instead of ${steps} (--steps ${steps} for all)\n`,
  );
  return possible;
}

async function trainOne(
  run: Pick<DemoRun, "method" | "title" | "folder" | "config">,
  data: LoadedData,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<DemoRun | undefined> {
  const progress = showProgress(terminal, { label: `${run.title.padEnd(7)}  ` });
  const result = await train(run.config, data, {
    out: run.folder,
    signal,
    onEvent: progress.show,
    source: PACKAGE_SOURCE,
  });
  if (result.reason === "interrupted") return undefined;
  return { ...run, frozen: result.frozen!, trained: result.trained!, step: result.step };
}

interface Setting {
  readonly out: string;
  /** `performance.now()` at the start. */
  readonly began: number;
  readonly json: boolean;
}

async function conclude(
  runs: readonly DemoRun[],
  data: LoadedData,
  setting: Setting,
  terminal: Terminal,
): Promise<void> {
  const { out, began, json } = setting;
  const dataset = data.test ?? data.train;
  const first = runs[0]!;
  const seconds = (performance.now() - began) / 1000;
  const facts = `${counted(first.step, "step")} of batch ${first.config.batchSize}, ${first.config.backbone}, seed ${first.config.seed}, ${duration(seconds)} in all`;
  const page = join(out, "neighbours.html");
  const html = await neighboursPage(dataset, await columns(runs, dataset, terminal), facts);
  await writeTextAtomically(page, html);
  const reports = { frozen: first.frozen, ...Object.fromEntries(runs.map(({ method, trained }) => [method, trained])) };
  if (json) {
    terminal.out(`${JSON.stringify({ ...reports, steps: first.step, seconds, out, page })}\n`);
    return;
  }
  const titled = { frozen: first.frozen, ...Object.fromEntries(runs.map(({ title, trained }) => [title, trained])) };
  terminal.out(`\n${dataset.name}, ${dataset.length} test images; ${facts}\n\n${recallTable(titled)}\n`);
  terminal.out(`nearest neighbours: ${page}\nthe run: maskcon eval ${join(out, "maskcon")}\n`);
}

/** What the page shows of each encoder, the frozen one first; each trained one is exported on the way. */
async function columns(runs: readonly DemoRun[], dataset: LoadedData["train"], terminal: Terminal): Promise<Column[]> {
  const effort = { progress: showCount(terminal, "images") };
  const first = await loadRun(runs[0]!.folder);
  const frozen = await embedWithRun(first, dataset, { ...effort, weights: await first.initial() });
  const found: Column[] = [{ title: "Frozen", features: frozen, report: runs[0]!.frozen }];
  for (const { title, folder, trained } of runs) {
    const run = await loadRun(folder);
    const { weights } = await run.trained();
    await writeEncoder(run, weights, run.paths.encoder);
    found.push({ title, features: await embedWithRun(run, dataset, { ...effort, weights }), report: trained });
  }
  return found;
}

/** `folder`, or the first of `folder-2`, `folder-3`, … that is not there yet. */
function freeFolder(folder: string): string {
  for (let n = 1; n < 10_000; n++) {
    const candidate = n === 1 ? folder : `${folder}-${n}`;
    if (!existsSync(candidate)) return candidate;
  }
  return fail("usage", {
    where: folder,
    expected: "a free folder",
    found: "thousands of them taken",
    fix: "give --out",
  });
}
