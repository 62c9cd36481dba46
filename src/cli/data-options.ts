import type { Command } from "commander";
import { flagFields, type RunConfig, readingKeys } from "../config/index.ts";
import { addFlag, flagValues } from "./config-options.ts";

/** Gives a command `--data` and the settings that say how to read it. */
export function addDataOptions(command: Command, what: string): Command {
  command.option(
    "--data <data>",
    `${what} these images instead of the run's own, with the next options as they need them`,
  );
  return addReadingOptions(command);
}

/** The settings that say how to read DATA. */
export function addReadingOptions(command: Command): Command {
  for (const field of flagFields()) if (isReading(field.key)) addFlag(command, { ...field, default: undefined });
  return command;
}

const isReading = (key: string) => (readingKeys as readonly string[]).includes(key);

/** The settings for reading DATA that a command line gives. */
export function readingOf(flags: Readonly<Record<string, unknown>>): Partial<RunConfig> {
  return Object.fromEntries(Object.entries(flagValues(flags)).filter(([key]) => isReading(key)));
}

/** Those of a run. */
export const readingIn = (config: RunConfig): Partial<RunConfig> =>
  Object.fromEntries(Object.entries(config).filter(([key, value]) => isReading(key) && value !== undefined));
