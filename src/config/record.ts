import { createHash } from "node:crypto";
import { z } from "zod";
import { fail } from "../core/index.ts";
import { kebab } from "./explain.ts";
import { modelKeys } from "./model.ts";
import { resolveConfig } from "./resolve.ts";
import { type RunConfig, type RunKey, runKeys } from "./schema.ts";

const triple = z.tuple([z.number(), z.number(), z.number()]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 in hex" });

/** The images a run was trained on: enough to check that it continues on the same ones, and to describe its encoder. */
export interface DatasetRecord {
  readonly name: string;
  readonly trainImages: number;
  readonly testImages: number;
  readonly coarseClasses: readonly string[];
  /** SHA-256 of the training labels in their order. */
  readonly labels: string;
  /** SHA-256 of what `images.safetensors` lists: every image by its content, with its labels. Earlier versions wrote none. */
  readonly images?: string | undefined;
  readonly normalization: {
    readonly mean: readonly [number, number, number];
    readonly std: readonly [number, number, number];
  };
}

const datasetRecord = z.object({
  name: z.string(),
  trainImages: z.int(),
  testImages: z.int(),
  coarseClasses: z.array(z.string()),
  labels: z.string(),
  images: sha256.optional(),
  normalization: z.object({ mean: triple, std: triple }),
}) satisfies z.ZodType<DatasetRecord>;

/** What `config.json` holds: the resolved configuration, and beside it where it came from and what it ran on. */
export interface RunRecord {
  readonly version: string;
  /** Of the images, the initial weights and the settings that decide what is learned; checkpoints carry it too. */
  readonly id?: string | undefined;
  /** DATA of the command line; absent where a program gave the images itself. */
  readonly data?: string | undefined;
  readonly dataset: DatasetRecord;
  /** SHA-256 of the file that `init` names. */
  readonly initialWeights?: string | undefined;
  /** SHA-256 of the model that `backbone` names, where that is a file. */
  readonly model?: string | undefined;
  /** The engine's choice of kernels: a resumed run takes the same, to continue bit for bit. */
  readonly plan?: Readonly<Record<string, string>> | undefined;
  readonly config: RunConfig;
}

/** What a record holds beside its settings and `dataset`. */
const aboutRun = z.object({
  version: z.string(),
  id: sha256.optional(),
  data: z.string().optional(),
  initialWeights: sha256.optional(),
  model: sha256.optional(),
  plan: z.record(z.string(), z.string()).optional(),
  sha256: sha256.optional(),
});
const recordKeys = [...Object.keys(aboutRun.shape), "dataset"];

/** The lines of `config.json`. */
export function formatRecord({ config, dataset, initialWeights, model, plan, ...about }: RunRecord): string {
  const values = { ...about, ...config, dataset, initialWeights, model, plan };
  return `${JSON.stringify({ ...values, sha256: keptDigest(values) }, null, 2)}\n`;
}

/**
 * Reads back the parsed `config.json` of a run.
 * @throws MaskconError "config" where it is not one.
 */
export function parseRecord(path: string, values: Readonly<Record<string, unknown>>): RunRecord {
  const dataset = datasetRecord.safeParse(values.dataset);
  const about = aboutRun.safeParse(values);
  if (!dataset.success || !about.success) {
    return fail("config", {
      where: path,
      expected: "the config.json of a run",
      found: dataset.success ? wrong(values, about.error!.issues[0]!) : foreign(values, dataset.error.issues[0]!),
      fix: "give the folder of a run (`maskcon train … --out RUN`)",
    });
  }
  const { sha256: _, ...rest } = about.data;
  return {
    ...rest,
    dataset: dataset.data,
    config: resolveConfig({ file: { path, values: settingsOf(values) } }),
  };
}

function foreign({ dataset }: Readonly<Record<string, unknown>>, issue: z.core.$ZodIssue): string {
  return dataset === undefined ? "no dataset" : wrong({ dataset }, { ...issue, path: ["dataset", ...issue.path] });
}

function wrong(values: Readonly<Record<string, unknown>>, { path, message }: z.core.$ZodIssue): string {
  return values[String(path[0])] === undefined ? `no ${path.join(".")}` : `${path.join(".")}: ${message}`;
}

/**
 * The settings of a run's `config.json` for another run under `flags`: what the first worked out for its own method and
 * length (w, the warm-up) is worked out anew where the flags name another.
 */
export function settingsAnew(values: Readonly<Record<string, unknown>>, flags: Readonly<Record<string, unknown>>) {
  const { softWeight, warmupEpochs, ...rest } = settingsOf(values);
  const sameMethod = flags.method === undefined || flags.method === values.method;
  const sameLength = ["epochs", "steps"].every((key) => flags[key] === undefined || flags[key] === values[key]);
  return { ...rest, ...(sameMethod ? { softWeight } : {}), ...(sameLength ? { warmupEpochs } : {}) };
}

/** Whether a configuration file is the record of a run. */
export const isRecord = ({ dataset }: Readonly<Record<string, unknown>>): boolean =>
  typeof dataset === "object" && dataset !== null;

/** The settings of a configuration file, which may be a run's `config.json`. */
export function settingsOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !recordKeys.includes(key)));
}

/** Settings that say how to read DATA: they go with the place that they were given for. */
export const readingKeys = [
  "coarseMap",
  "imageColumn",
  "coarseColumn",
  "fineColumn",
  "partial",
  "maxBad",
] as const satisfies readonly RunKey[];

/** These may change when a run is resumed: they do not touch what is learned, or the images show it. */
const free: readonly RunKey[] = [
  ...readingKeys,
  "encoder",
  "cacheDir",
  "workers",
  "evalEvery",
  "diagnoseEvery",
  "checkpointEvery",
  "checkpointMinutes",
];

/** What may change in a `config.json`: what may on resuming, where things lie, and what the same run is computed with. */
const movable: readonly string[] = [
  ...free,
  ...(["init", "device", "threads", "tune"] satisfies RunKey[]),
  ...["version", "data", "plan", "sha256"],
];

/** SHA-256 of the rest of a `config.json`, as it reads back. */
function keptDigest(values: Readonly<Record<string, unknown>>): string {
  const { dataset, ...rest } = JSON.parse(JSON.stringify(values)) as Record<string, unknown>;
  const { name: _, ...images } = dataset as Record<string, unknown>;
  // What a model is, its digest says; where it lies may change.
  const moves = (key: string) => movable.includes(key) || (key === "backbone" && rest.model !== undefined);
  const settings = Object.entries(rest).filter(([key]) => !moves(key));
  const parts = [settings, Object.entries(images)].map((entries) => entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * Refuses the `config.json` of a run in which somebody changed what the run was trained with: figures under it would be
 * another's. Those of earlier versions have nothing to be compared with.
 * @throws MaskconError "config" where it was changed
 */
export function checkUnedited(path: string, values: Readonly<Record<string, unknown>>): void {
  if (values.sha256 === undefined || values.sha256 === keptDigest(values)) return;
  fail("config", {
    where: path,
    expected: "the settings and images that the run was trained with",
    found: "a file that was edited since",
    fix: "undo the edit; for a run with these settings: maskcon train DATA --config FILE --out ANOTHER",
  });
}

/** Settings of later versions at the value that earlier ones had without them. */
const neutral: Readonly<Partial<RunConfig>> = {
  optimizer: "sgd",
  warmupShare: undefined,
  clipNorm: undefined,
  layerDecay: undefined,
  headRate: undefined,
  adapterShare: 1,
  measureOn: "test",
  positiveOwnKeys: false,
  crops: 1,
};

/** The `id` of a run: the same images, initial weights and settings give the same one, wherever they lie. */
export function runId({ dataset, initialWeights, model, config }: Omit<RunRecord, "version" | "id" | "data" | "plan">) {
  const placed: readonly RunKey[] = model === undefined ? ["init", ...modelKeys] : ["init", "backbone"];
  const settings = runKeys
    .filter((key) => !placed.includes(key) && !free.includes(key))
    .filter((key) => !(key in neutral && config[key] === neutral[key]))
    .map((key) => [key, config[key]]);
  const parts = [dataset.images, dataset.normalization, initialWeights ?? model, settings];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/**
 * Refuses to continue a run under settings other than its own. `sameFigures`: also under those that only change what was
 * measured. `sameInit`, `sameModel`: the file of the initial weights, or of the backbone, is another one with the same content.
 */
export function checkSameRun(
  path: string,
  recorded: RunConfig,
  wanted: RunConfig,
  { sameFigures = false, sameInit = false, sameModel = false } = {},
): void {
  const fixed = sameFigures ? ["encoder", ...readingKeys.filter((key) => key !== "maxBad")] : [];
  for (const key of runKeys) {
    const mayChange =
      (free.includes(key) && !fixed.includes(key)) || (sameInit && key === "init") || (sameModel && key === "backbone");
    if (mayChange || recorded[key] === wanted[key]) continue;
    fail("config", {
      where: `--${kebab(key)}`,
      expected: `${show(recorded[key])}, as ${path} says`,
      found: show(wanted[key]),
      fix: "leave it out to continue this run, or start a new one in another folder",
    });
  }
}

const show = (value: unknown) => (value === undefined ? "none" : JSON.stringify(value));
