import { isModelFile, matters, type RunConfig, runKeys } from "../config/index.ts";
import { groupBy } from "../core/index.ts";
import { headConfig, reachesHead } from "../train/index.ts";
import type { Cell, RowPlan } from "./cells.ts";
import type { SettingValues } from "./grid.ts";
import { type BesideEncoder, isUntrained, type Untrained } from "./matters.ts";
import type { CellResult } from "./results.ts";
import { named, slugOf } from "./row-names.ts";

/**
 * The results with those of the encoders that runs behind a model from a file measure beside their own, in rows of their own:
 * the model as it is, its features whitened, and the head that was trained before the model itself. They cost no run. A row
 * that the grid has is not there twice.
 */
export function withBeside(results: readonly CellResult[]): CellResult[] {
  const trainImages = results.find(({ dataset }) => dataset)?.dataset?.trainImages ?? Number.POSITIVE_INFINITY;
  const planned = results.map((result) => {
    return { result, plans: plansBeside(result.cell, result.dataset?.trainImages ?? trainImages) };
  });
  const slugs = new Map(results.map(({ cell }) => [keyOfCell(cell), cell.slug]));
  const taken = new Set(results.flatMap(({ cell }) => [cell.name, cell.slug]));
  const untrained: CellResult[] = [];
  const heads = new Map<CellResult, CellResult[]>();
  const members = planned.flatMap(({ result, plans }) => plans.map((plan) => ({ ...plan, result })));
  for (const [key, group] of groupBy(members, (plan) => plan.key)) {
    if (slugs.has(key)) continue;
    const [first] = group;
    const row = distinct(first!.row, taken);
    slugs.set(key, row.slug);
    if (row.encoder === "head") heads.set(first!.result, resultsOf(row, group));
    else untrained.push(...resultsOf(row, group));
  }
  const firstTrained = results.find(({ cell }) => cell.encoder === "trained");
  return planned.flatMap(({ result, plans }) => [
    ...(result === firstTrained ? untrained : []),
    ...(heads.get(result) ?? []),
    plans.length > 0 ? linked(result, plans, slugs) : result,
  ]);
}

function linked(result: CellResult, plans: readonly BesidePlan[], slugs: ReadonlyMap<string, string>): CellResult {
  const beside = Object.fromEntries(plans.map(({ row, key }) => [row.encoder, slugs.get(key)!]));
  return { ...result, cell: { ...result.cell, beside } };
}

type BesideRow = RowPlan & { readonly encoder: BesideEncoder };

interface BesidePlan {
  readonly row: BesideRow;
  /** The same where the figures are, seed by seed. */
  readonly key: string;
}

function plansBeside(cell: Cell, trainImages: number): BesidePlan[] {
  const { config, encoder } = cell;
  if (encoder !== "trained" || !isModelFile(config.backbone)) return [];
  return [
    untrainedPlan(cell, "frozen"),
    ...(config.whiten > 0 ? [untrainedPlan(cell, "whitened")] : []),
    ...(config.trainable === "head" ? [] : [headPlan(cell, trainImages)]),
  ];
}

function untrainedPlan({ config, entry, varied }: Cell, kind: Untrained): BesidePlan {
  const kept = only(varied, (key) => changes(kind, key));
  const base = named(
    kind,
    only(entry.settings, (key) => changes(kind, key)),
  );
  const row = { ...rowNamed(base, named(base, kept)), kind, encoder: kind, reference: false, varied: kept };
  return { row, key: untrainedKey(kind, config) };
}

/** Named as the first row that it stands beside, without the settings that only the model itself is trained with. */
function headPlan({ config, entry, kind, reference, varied }: Cell, trainImages: number): BesidePlan {
  const kept = only(varied, reachesHead);
  const base = entry.name ?? named(kind, only(entry.settings, reachesHead));
  const names = rowNamed(`${base} (head)`, `${named(base, kept)} (head)`);
  const row = { ...names, kind, encoder: "head", reference, varied: kept } as const;
  return { row, key: headKey(headConfig(config, trainImages)) };
}

const only = (settings: SettingValues, keep: (key: string) => boolean): SettingValues =>
  Object.fromEntries(Object.entries(settings).filter(([key]) => keep(key)));

const rowNamed = (base: string, name: string) => ({ base, name, slug: slugOf(name) });

/** The row under a name and slug that no other has. */
function distinct(row: BesideRow, taken: Set<string>): BesideRow {
  let own = row;
  for (let i = 2; taken.has(own.name) || taken.has(own.slug); i++) {
    own = { ...row, base: `${row.base} ${i}`, name: `${row.name} ${i}`, slug: `${row.slug}-${i}` };
  }
  taken.add(own.name).add(own.slug);
  return own;
}

/** One result a seed, from the first run that has it. */
function resultsOf(row: BesideRow, members: readonly { readonly result: CellResult }[]): CellResult[] {
  const seeds = groupBy(members, ({ result }) => result.cell.seed);
  return [...seeds.values()].map((runs) => {
    const { result } = runs.find(({ result: { beside } }) => beside?.[row.encoder]) ?? runs[0]!;
    const { cell, dataset, beside } = result;
    const report = beside?.[row.encoder];
    return { cell: { ...cell, ...row }, state: report && { status: "finished" }, report, curve: [], dataset };
  });
}

/** No figure depends on them; a comparison has one preset, and its seeds stand side by side. */
const ofNoFigure: readonly string[] = ["preset", "seed", "threads", "workers", "cacheDir"];

/** Nor do those of features that are not trained, on these. */
const ofTraining: readonly string[] = ["method", "init", "device"];

const changes = (kind: Untrained, key: string) =>
  matters(kind, key) && !ofNoFigure.includes(key) && !ofTraining.includes(key);

/** A whitening is that of the head which training starts with. */
function untrainedKey(kind: Untrained, config: RunConfig): string {
  const whitening = kind === "whitened" && config.trainable !== "head" ? config.init : undefined;
  return JSON.stringify([kind, whitening, ...runKeys.filter((key) => changes(kind, key)).map((key) => config[key])]);
}

const headKey = (config: RunConfig): string =>
  JSON.stringify(["head", ...runKeys.filter((key) => !ofNoFigure.includes(key)).map((key) => config[key])]);

/** A run that trains no head has the key of none, by its `backbone` or `trainable`. */
function keyOfCell({ kind, config }: Cell): string {
  return isUntrained(kind) ? untrainedKey(kind, config) : headKey(config);
}
