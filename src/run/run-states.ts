import { existsSync } from "node:fs";
import type { Tensors } from "../core/index.ts";
import { listCheckpoints, loadCheckpoint, loadLastCheckpoint } from "./checkpoint.ts";
import type { Run } from "./load-run.ts";
import { noCheckpoint } from "./run-folder.ts";

/** A state that a run has kept on disk. */
export interface RunState {
  readonly step: number;
  readonly epoch: number;
  /** All of its tensors; before the first step the query encoder's backbone alone. */
  load(): Promise<Tensors>;
}

/**
 * The last whole checkpoint of a run.
 * @param run a run on disk
 * @throws MaskconError "checkpoint" where there is none
 */
export async function lastState({ paths, record }: Run): Promise<{ states: RunState[]; warnings: readonly string[] }> {
  const checkpoint = await loadLastCheckpoint(paths.checkpoints, record.id);
  if (!checkpoint) return noCheckpoint(paths.checkpoints);
  const { step, epoch } = checkpoint.position;
  return { states: [{ step, epoch, load: async () => checkpoint.tensors }], warnings: checkpoint.skipped };
}

/** Every state a run has kept, one a step, in rising order: the weights before the first step and its checkpoints. */
export async function runStates({ paths, record, initial }: Run): Promise<{ states: RunState[]; warnings: string[] }> {
  const states = new Map<number, RunState>();
  const warnings: string[] = [];
  for (const { file, position, problem } of await listCheckpoints(paths.checkpoints, record.id)) {
    if (!position) warnings.push(problem!);
    else if (!states.has(position.step)) {
      const { step, epoch } = position;
      states.set(step, { step, epoch, load: async () => (await loadCheckpoint(file)).tensors });
    }
  }
  if (!states.has(0) && existsSync(paths.initial)) {
    states.set(0, { step: 0, epoch: 0, load: initial });
  }
  return { states: [...states.values()].sort((a, b) => a.step - b.step), warnings };
}
