import { existsSync } from "node:fs";
import { readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { checkUnedited, formatRecord, parseRecord, type RunRecord, readConfigFile } from "../config/index.ts";
import { asDiskFailure, makeFolder, writeTextAtomically } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import { type EvalReport, isReport } from "../eval/index.ts";
import { listCheckpoints } from "./checkpoint.ts";

/** Where the parts of a run lie. */
export interface RunPaths {
  readonly folder: string;
  readonly config: string;
  readonly metrics: string;
  readonly evaluation: string;
  /** What identifies the images. */
  readonly images: string;
  readonly checkpoints: string;
  /** Weights of the frozen baseline. */
  readonly initial: string;
  readonly encoder: string;
}

export function runPaths(folder: string): RunPaths {
  const checkpoints = join(folder, "checkpoints");
  return {
    folder,
    config: join(folder, "config.json"),
    metrics: join(folder, "metrics.jsonl"),
    evaluation: join(folder, "eval.json"),
    images: join(folder, "images.safetensors"),
    checkpoints,
    initial: join(checkpoints, "initial.safetensors"),
    encoder: join(folder, "encoder.onnx"),
  };
}

/**
 * Makes the folder of a run. One that holds a run already is refused unless it is to be resumed; before its first
 * checkpoint a run has nothing to lose. Gives whether there is something to resume.
 */
export async function createRunFolder(paths: RunPaths, resume: boolean): Promise<boolean> {
  try {
    // First, so that a message about it has its name.
    await makeFolder(paths.folder);
    await makeFolder(paths.checkpoints);
  } catch (error) {
    throw asDiskFailure(error, paths.folder, "a folder to write the run into");
  }
  const begun = (await listCheckpoints(paths.checkpoints)).length > 0;
  if (!begun) await refuseForeign(paths);
  if (!resume && begun) {
    fail("usage", {
      where: paths.folder,
      expected: "a folder without a run",
      found: "one with checkpoints",
      fix: "add --resume to continue it, or choose another --out",
    });
  }
  return begun;
}

/** Takes back the folders of a run that was refused before it wrote anything. */
export async function removeEmpty({ checkpoints, folder }: RunPaths): Promise<void> {
  // A folder that is not empty stays.
  for (const path of [checkpoints, folder]) await rmdir(path).catch(() => undefined);
}

/** A `config.json` that is no run's belongs to somebody else, and so may what lies beside it. */
async function refuseForeign({ config, folder }: RunPaths): Promise<void> {
  if (!existsSync(config)) return;
  try {
    parseRecord(config, await readConfigFile(config));
  } catch (error) {
    const found = "a config.json that is not a run's";
    fail("usage", { where: folder, expected: "a folder without a run", found, fix: "choose another --out" }, error);
  }
}

/** A run that has nothing to be evaluated yet. */
export function noCheckpoint(where: string): never {
  const fix = "let the run take its first steps (`maskcon train … --resume`)";
  return fail("checkpoint", { where, expected: "a checkpoint that is whole", found: "none", fix });
}

/**
 * Reads `config.json`, or gives undefined where there is none yet.
 * @throws MaskconError "config" where it is none, or was edited
 */
export async function readRecord(paths: RunPaths): Promise<RunRecord | undefined> {
  if (!existsSync(paths.config)) return undefined;
  const values = await readConfigFile(paths.config);
  const record = parseRecord(paths.config, values);
  checkUnedited(paths.config, values);
  return record;
}

/**
 * Writes `config.json`.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeRecord(paths: RunPaths, record: RunRecord): Promise<void> {
  await writeTextAtomically(paths.config, formatRecord(record));
}

/** What `eval.json` holds: Recall@K of both encoders, and the step the trained one comes from. */
interface Evaluation {
  readonly step: number;
  readonly epoch: number;
  readonly trained?: EvalReport | undefined;
  readonly frozen?: EvalReport | undefined;
  /** Of a model from a file. */
  readonly whitened?: EvalReport | undefined;
  readonly head?: EvalReport | undefined;
  /** The `id` of the run; those of earlier versions have none. */
  readonly run?: string | undefined;
}

export async function writeEvaluation(
  paths: RunPaths,
  { trained, head, whitened, frozen, step, epoch, run }: Evaluation,
): Promise<void> {
  const values = { trained, head, whitened, frozen, step, epoch, run };
  await writeTextAtomically(paths.evaluation, `${JSON.stringify(values, null, 2)}\n`);
}

/** Writes `eval.json` again, from what a checkpoint remembers, where it was lost or torn. */
export async function mendEvaluation(paths: RunPaths, known: Evaluation): Promise<void> {
  const { trained, frozen } = await readEvaluation(paths);
  if (!trained && !frozen) await writeEvaluation(paths, known);
}

/** `eval.json` of a run; empty where there is none, a torn one, or that of another run. */
export async function readEvaluation(paths: RunPaths): Promise<Partial<Evaluation>> {
  try {
    const { frozen, whitened, head, trained, ...rest } = JSON.parse(await readFile(paths.evaluation, "utf8"));
    if (rest.run !== undefined && rest.run !== (await readConfigFile(paths.config)).id) return {};
    const known = Object.entries({ frozen, whitened, head, trained }).filter(([, report]) => isReport(report));
    return { ...rest, ...Object.fromEntries(known) };
  } catch {
    return {};
  }
}
