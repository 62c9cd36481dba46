import { z } from "zod";
import { fail } from "../core/index.ts";
import { kebab } from "./explain.ts";
import { resolveConfig } from "./resolve.ts";
import { type RunConfig, type RunKey, runKeys } from "./schema.ts";
import { version } from "./version.ts";

const triple = z.tuple([z.number(), z.number(), z.number()]);

/** The images a run was trained on: enough to check that it continues on the same ones, and to describe its encoder. */
const datasetRecord = z.object({
  name: z.string(),
  trainImages: z.int(),
  testImages: z.int(),
  coarseClasses: z.array(z.string()),
  /** SHA-256 of the training labels in their order. */
  labels: z.string(),
  normalization: z.object({ mean: triple, std: triple }),
});
export type DatasetRecord = z.output<typeof datasetRecord>;

/** What `config.json` holds: the resolved configuration, and beside it where it came from and what it ran on. */
export interface RunRecord {
  readonly version: string;
  /** DATA of the command line; absent where a program gave the images itself. */
  readonly data?: string | undefined;
  readonly dataset: DatasetRecord;
  /** The engine's choice of kernels: a resumed run takes the same, to continue bit for bit. */
  readonly plan?: Readonly<Record<string, string>> | undefined;
  readonly config: RunConfig;
}

const recordKeys = ["version", "data", "dataset", "plan"] as const;

/** The lines of `config.json`. */
export function formatRecord({ config, data, dataset, plan }: RunRecord): string {
  return `${JSON.stringify({ version, ...(data === undefined ? {} : { data }), ...config, dataset, plan }, null, 2)}\n`;
}

/**
 * Reads back the parsed `config.json` of a run.
 * @throws MaskconError "config" where it is not one.
 */
export function parseRecord(path: string, values: Readonly<Record<string, unknown>>): RunRecord {
  const dataset = datasetRecord.safeParse(values.dataset);
  if (!dataset.success || typeof values.version !== "string") {
    return fail("config", {
      where: path,
      expected: "the config.json of a run",
      found: dataset.success ? "no version" : foreign(values, dataset.error.issues[0]!),
      fix: "give the folder of a run (`maskcon train … --out RUN`)",
    });
  }
  return {
    version: values.version,
    data: typeof values.data === "string" ? values.data : undefined,
    dataset: dataset.data,
    plan: planOf(values),
    config: resolveConfig({ file: { path, values: settingsOf(values) } }),
  };
}

function foreign({ dataset }: Readonly<Record<string, unknown>>, { path, message }: z.core.$ZodIssue): string {
  return dataset === undefined ? "no dataset" : `${["dataset", ...path].join(".")}: ${message}`;
}

/** The kernel choices a configuration file holds where it is a run's `config.json`. */
export function planOf(values: Readonly<Record<string, unknown>>): RunRecord["plan"] {
  return z.record(z.string(), z.string()).optional().catch(undefined).parse(values.plan);
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
export const isRecord = (values: Readonly<Record<string, unknown>>): boolean => "dataset" in values;

/** The settings of a configuration file, which may be a run's `config.json`. */
export function settingsOf(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !(recordKeys as readonly string[]).includes(key)));
}

/** These may change when a run is resumed: they do not touch what is learned. */
const free: readonly RunKey[] = [
  "encoder",
  "workers",
  "maxBad",
  "evalEvery",
  "diagnoseEvery",
  "checkpointEvery",
  "checkpointMinutes",
];

/**
 * Refuses settings other than the run's own, except those that may change. With `sameEncoder` the encoder may not
 * change either: the figures of a run belong to its encoder.
 */
export function checkSameRun(path: string, recorded: RunConfig, wanted: RunConfig, { sameEncoder = false } = {}): void {
  for (const key of runKeys) {
    const mayChange = free.includes(key) && !(sameEncoder && key === "encoder");
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
