import { resolve } from "node:path";
import { type Command, Option } from "commander";
import {
  type FlagField,
  flagFields,
  isRecord,
  parseRecord,
  type RunConfig,
  type RunRecord,
  readConfigFile,
  resolveConfig,
  settingsAnew,
} from "../config/index.ts";
import { fail } from "../core/index.ts";

/** Gives a command every setting of a run as a flag, straight from the schema. */
export function addConfigOptions(command: Command): Command {
  command.option("--config <file>", "JSON file of settings (camelCase); flags win over it");
  for (const field of flagFields()) addFlag(command, field);
  return command;
}

/** Gives a command one setting of a run as a flag. */
export function addFlag(command: Command, field: FlagField): void {
  const value = field.type === "boolean" ? "" : ` <${field.value}>`;
  const choices = field.choices ? `: ${field.choices.join(", ")}` : "";
  const fallback = field.default === undefined ? "" : ` (default: ${field.default})`;
  command.addOption(new Option(`${field.flag}${value}`, `${field.description}${choices}${fallback}`));
}

/** The settings among a command's options, numbers as numbers and paths absolute: a run may be resumed from elsewhere. */
export function flagValues(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { key, flag, type, value: kind, ending } of flagFields()) {
    const value = options[key];
    if (value === undefined) continue;
    const isFile = kind === "file" || (ending !== undefined && String(value).endsWith(ending));
    const path = isFile && typeof value === "string" && value !== "";
    values[key] = type === "number" ? toNumber(flag, String(value)) : path ? resolve(value) : value;
  }
  return values;
}

export function toNumber(flag: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && !Number.isNaN(value)) return value;
  return fail("usage", { where: flag, expected: "a number", found: JSON.stringify(text) });
}

/** A whole number of at least `least`. */
export function toCount(flag: string, text: string, least = 1): number {
  const value = toNumber(flag, text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  return fail("usage", { where: flag, expected: `a whole number of at least ${least}`, found: text });
}

interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Those that somebody chose: none of a run's `config.json`, which holds every setting. */
  readonly chosen: Readonly<Record<string, unknown>>;
  /** A run's kernel choices, so that the same settings compute the same bits. */
  readonly plan: RunRecord["plan"];
}

/** The settings of `--config FILE`, which may be the `config.json` of a run, to go under `flags`. */
export async function readSettings(path: string, flags: Readonly<Record<string, unknown>>): Promise<ConfigFile> {
  const values = await readConfigFile(path);
  if (!isRecord(values)) return { path, values, chosen: values, plan: undefined };
  const { plan } = parseRecord(path, values);
  return { path, values: settingsAnew(values, flags), chosen: {}, plan };
}

/** The settings of a run under the few that a later command may change, such as its device. */
export function overRun(config: RunConfig, flags: Readonly<Record<string, unknown>>): RunConfig {
  return resolveConfig({ flags: flagValues(flags), file: { path: "config.json", values: config } });
}
