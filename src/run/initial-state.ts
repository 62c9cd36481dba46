import type { RunRecord } from "../config/index.ts";
import { fail, type Tensors } from "../core/index.ts";
import { readSafetensors, writeSafetensors } from "../formats/safetensors/safetensors-file.ts";
import { checksum, refuseState } from "./checkpoint.ts";
import type { RunPaths } from "./run-folder.ts";

/** The weights of the frozen baseline, bound to their run. */
interface InitialState {
  readonly paths: Pick<RunPaths, "initial">;
  readonly record: Pick<RunRecord, "id">;
}

const FIX = "put its own file back, or begin the run anew in another folder: the same settings give the same weights";

/**
 * Writes a run's encoder before its first step.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function saveInitial({ paths, record: { id } }: InitialState, tensors: Tensors): Promise<void> {
  const metadata = { ...(id === undefined ? {} : { run: id }), sha256: checksum("", tensors) };
  await writeSafetensors(paths.initial, tensors, metadata);
}

/**
 * Reads it back.
 * @throws MaskconError "checkpoint" where it is missing, damaged, or of another run
 */
export async function loadInitial({ paths, record: { id } }: InitialState): Promise<Tensors> {
  const { tensors, metadata } = await readSafetensors(paths.initial).catch((error) =>
    refuseState(paths.initial, error, FIX),
  );
  // Those of earlier versions carry neither.
  const damaged = metadata.sha256 !== undefined && metadata.sha256 !== checksum("", tensors);
  if (!damaged && (id === undefined || metadata.run === id)) return tensors;
  return fail("checkpoint", {
    where: paths.initial,
    expected: "the weights that this run began with",
    found: damaged ? "a damaged file" : "those of another run",
    fix: FIX,
  });
}
