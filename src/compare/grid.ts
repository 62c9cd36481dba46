import { availableParallelism } from "node:os";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import {
  checkValues,
  type FlagField,
  flagFields,
  matters,
  presetNames,
  readConfigFile,
  runKeys,
} from "../config/index.ts";
import { didYouMean, fail } from "../core/index.ts";
import { cellMethods, type Kind } from "./matters.ts";
import type { PaperTable } from "./paper-numbers.ts";

/** Settings by their names, as a grid has them. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** One line of the comparison's table, before the varied settings multiply it. */
export interface MethodEntry {
  readonly name?: string | undefined;
  readonly method: Kind;
  /** Settings of its own, over those of the grid. */
  readonly settings: SettingValues;
}

/** What is compared: methods x seeds x varied settings, over common settings. */
export interface Grid {
  /** The file or preset it comes from: for messages and the report. */
  readonly where: string;
  /** DATA as the file has it, relative to the file. */
  readonly data?: string | undefined;
  readonly preset?: string | undefined;
  readonly settings: SettingValues;
  readonly methods: readonly MethodEntry[];
  readonly seeds: readonly number[];
  readonly vary: Readonly<Record<string, readonly (number | string | boolean)[]>>;
  readonly paper?: PaperTable | undefined;
  /** Side of the images in pixels that models from files are made for: for runs that are given none. */
  readonly modelSizes?: ReadonlyMap<string, number>;
}

const METHOD_NOTE = `a method (${cellMethods.join(", ")}), or an object such as {"method": "supcon", "coarseWeight": 1}`;
/** Names go into tables and folders: printable, and short enough for both. */
const nameRule = z
  .string({ error: "a name of 1 to 80 printable characters" })
  .regex(/^[^\p{Cc}]{1,80}$/u, { error: "a name of 1 to 80 printable characters" });

const gridSchema = z.strictObject({
  data: z.string({ error: "the path of the images" }).min(1, { error: "the path of the images" }).optional(),
  preset: z.enum(presetNames, { error: `one of ${presetNames.join(", ")}` }).optional(),
  settings: z.record(z.string(), z.unknown(), { error: 'an object of settings such as {"epochs": 12}' }).default({}),
  methods: z
    .array(
      z.union([z.string(), z.looseObject({ name: nameRule.optional(), method: z.string() })], { error: METHOD_NOTE }),
      {
        error: 'a list of methods such as ["selfcon", "maskcon"]',
      },
    )
    .min(1, { error: "at least one method" }),
  seeds: z
    .array(z.int({ error: "a whole number" }).min(0, { error: "a number from 0 on" }).max(0xffffffff), {
      error: "a list of seeds such as [0, 1, 2]",
    })
    .min(1, { error: "at least one seed" })
    .default([0]),
  vary: z
    .record(
      z.string(),
      z
        .array(z.union([z.number(), z.string(), z.boolean()], { error: "a number, a text, true or false" }), {
          error: "a list of values such as [0.05, 0.1]",
        })
        .min(1, { error: "at least one value" }),
      { error: 'an object of lists such as {"softTemperature": [0.05, 0.1]}' },
    )
    .default({}),
});

const gridKeys = Object.keys(gridSchema.shape);
/** These have a place of their own in the grid. */
const placed: Readonly<Record<string, string>> = { preset: "preset", seed: "seeds", method: "methods" };

/**
 * Reads the JSON file of a grid. A method's own settings are judged later, where the cells are made.
 * @throws MaskconError "config" where the file is missing or malformed, a key is unknown (with the nearest name), or a value
 * is of the wrong kind
 */
export async function readGrid(path: string): Promise<Grid> {
  return relativeTo(dirname(path), parseGrid(path, await readConfigFile(path)));
}

/** The grid with its settings' files as absolute paths, relative ones from `folder` on. */
function relativeTo(folder: string, grid: Grid): Grid {
  const fields = new Map(flagFields().map((field) => [field.key, field]));
  const one = <T>(key: string, value: T): T | string => {
    if (typeof value !== "string" || value === "") return value;
    const { value: kind, ending } = fields.get(key) ?? {};
    return kind === "file" || (ending !== undefined && value.endsWith(ending)) ? resolve(folder, value) : value;
  };
  const all = (values: SettingValues) =>
    Object.fromEntries(Object.entries(values).map(([key, v]) => [key, one(key, v)]));
  const vary = Object.entries(grid.vary).map(([key, values]) => [key, values.map((value) => one(key, value))] as const);
  return {
    ...grid,
    settings: all(grid.settings),
    methods: grid.methods.map((entry) => ({ ...entry, settings: all(entry.settings) })),
    vary: Object.fromEntries(vary),
  };
}

/**
 * A grid from the values of its JSON file. `where` names their source in messages; paths in them are kept as they are.
 * @throws MaskconError "config" where a key is unknown (with the nearest name), a value is of the wrong kind, or a
 * varied setting is one that no method of the grid uses
 */
export function parseGrid(where: string, values: SettingValues): Grid {
  for (const key of Object.keys(values)) known(key, gridKeys, where);
  const parsed = gridSchema.safeParse(values);
  if (!parsed.success) return refuse(where, parsed.error, values);
  const { methods, settings, vary, ...rest } = parsed.data;
  // As they were written: the schema passes over "__proto__".
  for (const place of ["settings", "vary"]) {
    for (const key of Object.keys(values[place] ?? {})) setting(key, `${where}: ${place}`);
  }
  const grid = { ...rest, where, settings, vary, methods: methods.map((entry, i) => entryOf(entry, i, where)) };
  for (const key of Object.keys(vary)) used(key, grid);
  checkSeeds(`${where}: seeds`, grid.seeds);
  checkSettings(grid);
  return grid;
}

/**
 * Judges the common settings and the varied ones where they stand, each by itself: a run has them with a method's own, and
 * the command line may win over them.
 * @throws MaskconError "config" where a run would refuse one of them
 */
export function checkSettings({ where, preset, settings, vary }: Grid): void {
  checkValues({ file: { path: `${where}: settings`, values: { preset, ...settings } } });
  for (const [key, values] of Object.entries(vary)) {
    for (const value of values) {
      checkValues({ file: { path: `${where}: vary`, values: { preset, ...settings, [key]: value } } });
    }
  }
}

/** The grid with other seeds. @param where what gives them, for messages */
export function withSeeds(grid: Grid, seeds: readonly number[], where: string): Grid {
  checkSeeds(where, seeds);
  return { ...grid, seeds };
}

function checkSeeds(where: string, seeds: readonly number[]): void {
  if (new Set(seeds).size === seeds.length) return;
  fail("config", { where, expected: "different seeds", found: JSON.stringify(seeds).slice(0, 80) });
}

function entryOf(entry: string | { name?: string | undefined; method: string }, i: number, where: string): MethodEntry {
  const place = `${where}: methods[${i}]`;
  const { name, method, ...settings } = typeof entry === "string" ? { method: entry, name: undefined } : entry;
  if (!(cellMethods as readonly string[]).includes(method)) {
    const fix = didYouMean(method, cellMethods);
    fail("config", { where: place, expected: METHOD_NOTE, found: JSON.stringify(method), fix });
  }
  const kind = method as Kind;
  for (const key of Object.keys(settings)) {
    setting(key, place, ["name", "method"]);
    if (matters(kind, key)) continue;
    fail("config", {
      where: `${place}: ${key}`,
      expected: `a setting that changes ${kind}`,
      found: "one that does not",
    });
  }
  return { name, method: kind, settings };
}

/** Refuses a key that is no setting, or one that the grid keeps elsewhere. */
function setting(key: string, place: string, others: readonly string[] = []): void {
  if (Object.hasOwn(placed, key)) {
    const fix = `it belongs to "${placed[key]}" of the grid`;
    fail("config", { where: place, expected: "settings that a run has besides", found: `"${key}"`, fix });
  }
  known(key, [...others, ...runKeys], place);
}

function known(key: string, keys: readonly string[], where: string): void {
  if (keys.includes(key)) return;
  const fix = didYouMean(key, keys) ?? `the names are ${keys.join(", ")}`;
  fail("config", { where, expected: "a known name", found: `"${key}"`, fix });
}

function used(key: string, { methods, where }: Grid): void {
  if (methods.some(({ method, settings }) => matters(method, key) && !(key in settings))) return;
  fail("config", {
    where: `${where}: vary`,
    expected: "settings that change at least one of the methods",
    found: `"${key}", which changes none of them`,
    fix: "leave it out, or add a method that it changes",
  });
}

function refuse(where: string, error: z.ZodError, values: SettingValues): never {
  const { path, message } = error.issues[0]!;
  const found = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], values);
  const place = path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : `${text}${text ? "." : ""}${String(key)}`),
    "",
  );
  fail("config", {
    where: `${where}: ${place}`,
    expected: message,
    found: found === undefined ? "nothing" : (JSON.stringify(found) ?? String(found)).slice(0, 80),
  });
}

/** The settings a command line may lay over a grid's: all but those that have their own place in it. */
export function gridFlags(): FlagField[] {
  return flagFields().filter(({ key }) => !Object.hasOwn(placed, key));
}

/** The grid for several runs at once: each has its share of the cores, as far as the grid does not say how many. */
export function shareCores(grid: Grid, jobs: number, cores = availableParallelism()): Grid {
  if (jobs === 1) return grid;
  const threads = Math.max(1, Math.floor(cores / jobs));
  const workers = Math.max(1, Math.floor(threads / 2));
  return { ...grid, settings: { threads, workers, ...grid.settings } };
}

/** The grid with other common settings; a length in epochs also replaces one in steps. Methods and `vary` still win. */
export function withSettings(grid: Grid, settings: SettingValues): Grid {
  const { steps, ...rest } = grid.settings;
  const kept = steps === undefined || "epochs" in settings ? rest : grid.settings;
  return { ...grid, settings: { ...kept, ...settings } };
}
