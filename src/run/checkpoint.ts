import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { duplicateFile, removeUnfinished, writeFileAtomically } from "../core/atomic-file.ts";
import { fail, MaskconError, type Tensors } from "../core/index.ts";
import { encodeSafetensors, type SafetensorsHeader, sortedTensors } from "../formats/safetensors/index.ts";
import { readSafetensors, readSafetensorsHeader } from "../formats/safetensors/safetensors-file.ts";

/** Where a run stood: plain JSON. `epoch` counts finished epochs, `step` finished steps. */
export interface RunPosition {
  readonly epoch: number;
  readonly step: number;
  /** The `id` of the run; those of earlier versions have none. */
  readonly run?: string | undefined;
  readonly [more: string]: unknown;
}

interface Checkpoint {
  readonly tensors: Tensors;
  readonly position: RunPosition;
}

/** `previous` is the `last` before the last; `epoch` those kept every n epochs. */
type CheckpointKind = "last" | "previous" | "best" | "epoch";

interface CheckpointFile {
  readonly file: string;
  readonly kind: CheckpointKind;
  /** From the header alone; absent where `problem` says what is wrong with the file. */
  readonly position?: RunPosition;
  readonly problem?: string;
  /** Whether that is that it belongs to another run. */
  readonly ofOther?: boolean;
}

const FORMAT = "maskcon-checkpoint-1";
const fileName = (kind: Exclude<CheckpointKind, "epoch">): string => `${kind}.safetensors`;
const epochFileName = (epoch: number): string => `epoch-${String(epoch).padStart(5, "0")}.safetensors`;

/**
 * Writes `last.safetensors` atomically; the one before becomes `previous.safetensors`. With `best` it is kept as
 * `best.safetensors` too, and with `keepEvery` n > 0 as `epoch-….safetensors` where `position.epoch` is a multiple
 * of n (hard links: they cost no space).
 * @throws MaskconError "disk" where it cannot be written; what was there before stays loadable
 */
export async function saveCheckpoint(
  folder: string,
  checkpoint: Checkpoint,
  options: { best?: boolean; keepEvery?: number } = {},
): Promise<string> {
  const last = join(folder, fileName("last"));
  await removeUnfinished(folder);
  const { epoch } = checkpoint.position;
  const { best = false, keepEvery = 0 } = options;
  await writeFileAtomically(last, encode(checkpoint), {
    // The copies come first: once `last` says that they were made, they are there.
    beforeReplace: async (draft) => {
      if (best) await duplicateFile(draft, join(folder, fileName("best")));
      if (keepEvery > 0 && epoch > 0 && epoch % keepEvery === 0) {
        await duplicateFile(draft, join(folder, epochFileName(epoch)));
      }
      if (await isWhole(last)) await duplicateFile(last, join(folder, fileName("previous")));
    },
  });
  written.add(last);
  return last;
}

/**
 * Reads one checkpoint and verifies its checksum.
 * @throws MaskconError "checkpoint" where the file is missing, torn or no checkpoint
 */
export async function loadCheckpoint(file: string): Promise<Checkpoint> {
  const { tensors, metadata } = await readSafetensors(file).catch((error) => refuseState(file, error));
  const position = positionOf(file, metadata);
  const sum = checksum(metadata.position!, tensors);
  if (sum !== metadata.sha256) {
    fail("checkpoint", {
      where: file,
      expected: `contents with SHA-256 ${String(metadata.sha256).slice(0, 16)}…`,
      found: `${sum.slice(0, 16)}…: the file is damaged`,
      fix: "load another checkpoint",
    });
  }
  return { tensors, position };
}

/**
 * Loads the newest checkpoint of a folder that is whole, and that of the run with this id where one is given: `last`, else
 * `previous`, else the furthest of the others.
 * `skipped` says in one line each which were passed over and why. `undefined` where the folder has no checkpoint.
 * @throws MaskconError "checkpoint" where it has some and none is whole
 */
export async function loadLastCheckpoint(
  folder: string,
  run?: string,
): Promise<(Checkpoint & { file: string; skipped: readonly string[] }) | undefined> {
  const skipped: string[] = [];
  const files = await listCheckpoints(folder, run);
  for (const { file, problem } of files) {
    if (problem !== undefined) skipped.push(problem);
    else {
      try {
        return { ...(await loadCheckpoint(file)), file, skipped };
      } catch (error) {
        if (!(error instanceof MaskconError)) throw error;
        skipped.push(error.message);
      }
    }
  }
  if (skipped.length === 0) return undefined;
  if (files.every(({ ofOther }) => ofOther)) refuseOthers(folder, files);
  return fail("checkpoint", {
    where: folder,
    expected: "a checkpoint that is whole",
    found: skipped.join("; "),
    fix: "put an undamaged copy of one back, or start the run anew in another folder",
  });
}

function refuseOthers(folder: string, files: readonly CheckpointFile[]): never {
  return fail("checkpoint", {
    where: folder,
    expected: "checkpoints of the run that config.json describes",
    found: `only those of another run (${files.map(({ file }) => basename(file)).join(", ")})`,
    fix: "put this run's own config.json or checkpoints back, or start it anew in another folder",
  });
}

/**
 * All checkpoints of a folder in the order in which a run would resume from them; with `run`, those of another run have a
 * problem. Reads headers only.
 */
export async function listCheckpoints(folder: string, run?: string): Promise<CheckpointFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    return refuseState(folder, error);
  });
  const files: CheckpointFile[] = [];
  for (const name of names) {
    const kind = kindOf(name);
    if (kind !== undefined) files.push(await describe(join(folder, name), kind, run));
  }
  const rank = ({ kind }: CheckpointFile) => (kind === "last" ? 0 : kind === "previous" ? 1 : 2);
  return files.sort((a, b) => rank(a) - rank(b) || (b.position?.step ?? -1) - (a.position?.step ?? -1));
}

async function describe(file: string, kind: CheckpointKind, run: string | undefined): Promise<CheckpointFile> {
  try {
    const { metadata } = await headerOf(file);
    const position = positionOf(file, metadata);
    if (run === undefined || position.run === run) return { file, kind, position };
    return {
      file,
      kind,
      problem: `${file}: expected a checkpoint of this run, found one of another run`,
      ofOther: true,
    };
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    return { file, kind, problem: error.message };
  }
}

function kindOf(name: string): CheckpointKind | undefined {
  if (/^epoch-\d+\.safetensors$/.test(name)) return "epoch";
  return (["last", "previous", "best"] as const).find((kind) => name === fileName(kind));
}

const headerOf = (file: string): Promise<SafetensorsHeader> =>
  readSafetensorsHeader(file).catch((error) => refuseState(file, error));

/** Files that this process wrote: their contents need no second look. */
const written = new Set<string>();

/** A damaged `last` must not replace a good `previous`. Of a file that this process wrote the size is enough: the header gives it. */
const isWhole = (file: string): Promise<boolean> =>
  (written.has(file) ? readSafetensorsHeader(file) : loadCheckpoint(file)).then(
    () => true,
    () => false,
  );

function encode({ tensors, position }: Checkpoint): Uint8Array[] {
  const json = JSON.stringify(position);
  return encodeSafetensors(tensors, { format: FORMAT, position: json, sha256: checksum(json, tensors) });
}

/** SHA-256 over the position (or other text) and over every tensor's name, type, shape and bits. */
export function checksum(position: string, tensors: Tensors): string {
  const hash = createHash("sha256").update(position);
  for (const [name, { dtype, shape, data }] of sortedTensors(tensors)) {
    hash.update(JSON.stringify([name, dtype, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

function positionOf(file: string, metadata: Record<string, string>): RunPosition {
  if (metadata.format === FORMAT && metadata.position !== undefined) {
    try {
      const position: unknown = JSON.parse(metadata.position);
      if (isPosition(position)) return position;
    } catch {
      // Refused below, like any other wrong position.
    }
  }
  return fail("checkpoint", {
    where: file,
    expected: `a checkpoint of the format ${FORMAT}`,
    found: metadata.format === undefined ? "a safetensors file without a run's position" : "another one",
  });
}

function isPosition(value: unknown): value is RunPosition {
  if (typeof value !== "object" || value === null) return false;
  const { epoch, step } = value as Record<string, unknown>;
  return [epoch, step].every((count) => Number.isSafeInteger(count) && (count as number) >= 0);
}

/** What is wrong with a file of tensors that a run wrote, without the advice on weights of other people. */
export function refuseState(file: string, error: unknown, fix?: string): never {
  if (!(error instanceof MaskconError)) throw error;
  const { where = file, expected, found } = error.failure;
  const failure = {
    where,
    expected: expected === "a safetensors file" ? "a checkpoint of this run" : expected,
    found,
    fix,
  };
  throw new MaskconError("checkpoint", failure, { cause: error });
}
