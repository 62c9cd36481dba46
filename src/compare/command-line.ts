import { isModelFile, kebab, type RunConfig, type RunKey, resolveConfig, runKeys } from "../config/index.ts";
import { MaskconError } from "../core/index.ts";

/**
 * The command that makes a cell's run again: the preset, then each setting that is not what the flags before it give.
 * @param folder where the new run is to go
 */
export function commandOf(config: RunConfig, data: string, folder: string): string {
  return ["maskcon", "train", data, "--out", folder, ...flagsOf(config)].map(quoted).join(" ");
}

/** The flags of `maskcon train` that resolve to a configuration; method and seed are always among them. */
export function flagsOf(config: RunConfig): string[] {
  const { preset, method, seed, backbone, trainable, imageSize } = config;
  const flags: Record<string, unknown> = { ...(preset === undefined ? {} : { preset }), method };
  // A preset may be for a model alone, and `maskcon train` takes a model's own size where none is given.
  if (isModelFile(backbone)) Object.assign(flags, { backbone, imageSize, ...(trainable !== "head" && { trainable }) });
  // A preset's length in steps yields to one in epochs.
  if (config.steps === undefined && differs(flags, config, "steps")) flags.epochs = config.epochs;
  for (const key of runKeys) {
    if (config[key] !== undefined && differs(flags, config, key)) flags[key] = config[key];
  }
  return Object.entries<unknown>({ ...flags, seed }).flatMap(([key, value]) => {
    // No preset sets one to true: it is false where it is left out.
    if (value === false) return [];
    return value === true ? [`--${kebab(key)}`] : [`--${kebab(key)}`, String(value)];
  });
}

function differs(flags: Readonly<Record<string, unknown>>, config: RunConfig, key: RunKey): boolean {
  try {
    return resolveConfig({ flags })[key] !== config[key];
  } catch (error) {
    // Half of the flags can contradict each other (a preset's warm-up and a shorter run): more of them will not.
    if (error instanceof MaskconError) return true;
    throw error;
  }
}

/** A word as a POSIX shell reads it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
