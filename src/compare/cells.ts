import { isModelFile, matters, type RunConfig, resolveConfig } from "../config/index.ts";
import { fail } from "../core/index.ts";
import { checkSettings, type Grid, type MethodEntry, type SettingValues } from "./grid.ts";
import { type BesideEncoder, isReference, isUntrained, type Kind, keptFor } from "./matters.ts";
import { named, slugOf } from "./row-names.ts";

/** A line of the table: one method under one choice of settings, over all seeds. */
export interface RowPlan {
  readonly name: string;
  /** The name without the varied settings. */
  readonly base: string;
  /** The name as part of a folder's. */
  readonly slug: string;
  readonly kind: Kind;
  /** Which encoder of its runs it shows. */
  readonly encoder: BesideEncoder | "trained";
  /** Sees the fine labels: outside the fair comparison. */
  readonly reference: boolean;
  /** The values it has of the settings that the grid varies. */
  readonly varied: SettingValues;
  /** Of a trained encoder behind a model from a file: the rows that it is compared with, by their slugs. */
  readonly beside?: { readonly [Name in BesideEncoder]?: string };
}

/** One run of the comparison. */
export interface Cell extends RowPlan {
  /** `<slug>-seed<n>`: the name of its folder. */
  readonly id: string;
  readonly seed: number;
  readonly config: RunConfig;
  /** The line of the grid that it comes from. */
  readonly entry: MethodEntry;
}

/** A comparison of more runs is a mistake in `vary`. */
const MOST_RUNS = 10_000;

/**
 * The cells of a grid in the order they run: every method with the first seed, then with the next.
 * @throws MaskconError "config" where a run refuses a setting, two rows have one name, or there are more than 10,000 runs
 */
export function cellsOf(grid: Grid): Cell[] {
  checkCount(grid);
  checkSettings(grid);
  const rows = grid.methods.flatMap((entry, i) => rowPlans(grid, entry, `${grid.where}: methods[${i}]`));
  const names = new Map<string, string>();
  for (const { name, slug } of rows.map(([row]) => row)) {
    const other = names.get(slug);
    if (other !== undefined) collide(grid.where, other, name);
    names.set(slug, name);
  }
  return grid.seeds.flatMap((seed) =>
    rows.map(([row, values]) => {
      const { entry } = values;
      return { ...row, id: `${row.slug}-seed${seed}`, seed, config: configOf(grid, row, values, seed), entry };
    }),
  );
}

interface CellValues extends Pick<Cell, "entry"> {
  readonly place: string;
  readonly values: SettingValues;
}

function rowPlans(grid: Grid, entry: MethodEntry, place: string): [RowPlan, CellValues][] {
  const { method: kind, settings } = entry;
  const base = entry.name ?? named(kind, settings);
  return product(choicesOf(grid, entry)).map((varied) => {
    const name = named(base, varied);
    const values = { preset: grid.preset, ...lengthened(grid.settings, varied, settings), ...varied, ...settings };
    const row = { name, base, slug: folderOf(name, place), kind, reference: isReference(kind), varied };
    return [
      { ...row, encoder: isUntrained(kind) ? kind : "trained" },
      { place, values, entry },
    ];
  });
}

/** The varied settings that an entry leaves open, with the values that it can take. */
const choicesOf = ({ vary }: Grid, { method, settings }: MethodEntry) =>
  Object.entries(vary)
    .filter(([key]) => matters(method, key) && !(key in settings))
    .map(([key, values]) => [key, values.filter((value) => keptFor(method, key, value))] as const)
    .filter(([, values]) => values.length > 0);

function checkCount(grid: Grid): void {
  const rows = grid.methods.map((entry) =>
    choicesOf(grid, entry).reduce((count, [, values]) => count * values.length, 1),
  );
  const count = rows.reduce((sum, n) => sum + n, 0) * grid.seeds.length;
  if (count <= MOST_RUNS) return;
  const fix = "vary fewer settings at once";
  fail("config", { where: grid.where, expected: `at most ${MOST_RUNS} runs`, found: String(count), fix });
}

/** Common settings; a length in epochs that a row has of its own replaces theirs in steps. */
function lengthened(common: SettingValues, ...own: readonly SettingValues[]): SettingValues {
  const { steps, ...rest } = common;
  return steps === undefined || own.some((values) => "epochs" in values) ? rest : common;
}

/** All choices of one value for each key. */
function product(vary: readonly (readonly [key: string, values: readonly unknown[]])[]): SettingValues[] {
  return vary.reduce<SettingValues[]>(
    (choices, [key, values]) => choices.flatMap((choice) => values.map((value) => ({ ...choice, [key]: value }))),
    [{}],
  );
}

/**
 * Common settings that change nothing for a method are left out of its run. A frozen encoder is that of a run before its
 * first step; SupCE's is the cheapest to set up.
 */
function configOf({ modelSizes }: Grid, { kind }: RowPlan, { place, values }: CellValues, seed: number): RunConfig {
  const kept = Object.fromEntries(Object.entries(values).filter(([key, value]) => keptFor(kind, key, value)));
  const own = isUntrained(kind) ? untrainedRun(kept) : { ...kept, method: kind };
  const imageSize = modelSizes?.get(String(values.backbone));
  const model = imageSize === undefined ? {} : { imageSize };
  return resolveConfig({ file: { path: place, values: { ...own, seed } }, model });
}

/** Behind a model from a file, however deep the others train it: the head's run, which has settings and a start of its own. */
function untrainedRun(kept: SettingValues): SettingValues {
  const { preset, init, ...rest } = kept;
  const ofModel = preset === "finetune" ? {} : { preset };
  const start = isModelFile(rest.backbone) ? ofModel : { preset, init };
  return { ...rest, ...start, method: "supce", steps: 1 };
}

/** The name as part of a folder's. */
function folderOf(name: string, place: string): string {
  const slug = slugOf(name);
  if (slug !== "" && slug.length <= 160) return slug;
  return fail("config", {
    where: place,
    expected: "a name with letters or digits that makes a folder's",
    found: JSON.stringify(name).slice(0, 80),
    fix: 'give it a short "name"',
  });
}

function collide(where: string, first: string, second: string): never {
  return fail("config", {
    where: `${where}: methods`,
    expected: "a name of its own for every row",
    found: first === second ? `"${first}" twice` : `"${first}" and "${second}", which share a folder's name`,
    fix: 'give one of them a "name"',
  });
}
