import type { Tensors } from "../core/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { encoderWeights, type Position, saveCheckpoint, writeEvaluation } from "../run/index.ts";
import { configAt, diagnoseState, diagnosisDue } from "./diagnose.ts";
import { endsEpoch, evaluationDue, saveDue } from "./due.ts";
import type { OpenRun } from "./open-run.ts";
import { progressAt } from "./progress.ts";

/** Knows where the run stands, and between two steps evaluates it and writes it down when that is due. */
export interface Keeper {
  position: Position;
  /** The step of the last checkpoint; -1 before the first. */
  readonly saved: number;
  /** Whether the evaluation and the diagnosis due at this position were made. */
  readonly complete: boolean;
  keep(): Promise<void>;
}

export function keepRun(run: OpenRun, start: Position, restored: boolean): Keeper {
  const { config, signal, schedule } = run;
  const clock = { saved: restored ? start.step : -1, savedAt: performance.now(), saveMs: 0 };
  const { totalSteps } = schedule;
  const length = {
    totalSteps,
    ...(config.steps === undefined && { totalEpochs: totalSteps / run.loader.batchesPerEpoch }),
  };
  const evaluationIsDue = () => evaluationDue(config, length, keeper.position);
  const diagnosisIsDue = () => diagnosisDue(config, totalSteps, keeper.position);

  async function save(state: Tensors, best = false): Promise<void> {
    const began = performance.now();
    await writeCheckpoint(run, keeper.position, state, best);
    clock.saved = keeper.position.step;
    clock.savedAt = performance.now();
    clock.saveMs = clock.savedAt - began;
  }

  const keeper: Keeper = {
    position: start,
    get saved() {
      return clock.saved;
    },
    get complete() {
      return !evaluationIsDue() && !diagnosisIsDue();
    },
    async keep() {
      const elapsedMs = performance.now() - clock.savedAt;
      const evaluating = evaluationIsDue() && !signal?.aborted;
      const diagnosing = diagnosisIsDue() && !signal?.aborted;
      const leaving = signal?.aborted && keeper.position.step !== clock.saved;
      if (!evaluating && !diagnosing && !leaving && !saveDue(config, keeper.position, { ...clock, elapsedMs })) return;
      const state = await run.step.save();
      // Evaluation takes its time and can fail: what was trained is safe before it starts.
      if (keeper.position.step !== clock.saved) await save(state);
      const before = keeper.position;
      if (evaluating) keeper.position = (await evaluate(run, keeper.position, state)) ?? before;
      if (diagnosing) keeper.position = (await diagnosed(run, keeper.position, state)) ?? keeper.position;
      if (keeper.position !== before) await save(state, keeper.position.best !== before.best);
    },
  };
  return keeper;
}

async function writeCheckpoint(run: OpenRun, position: Position, tensors: Tensors, best: boolean): Promise<void> {
  const { config, paths, emit } = run;
  const keepEvery = endsEpoch(position, config.checkpointEvery) ? config.checkpointEvery : 0;
  const file = await saveCheckpoint(paths.checkpoints, { tensors, position }, { best, keepEvery });
  emit({ event: "checkpoint", step: position.step, epoch: position.epoch, file });
}

/** Evaluates the encoder of a state. Gives the position with the result, or undefined where it was interrupted. */
async function evaluate(run: OpenRun, position: Position, state: Tensors): Promise<Position | undefined> {
  const { config, input, paths, record, emit, signal } = run;
  const { step, epoch } = position;
  const encoder = step === 0 ? input.untrained : "trained";
  const effort = { signal, progress: progressAt(run, position, "eval") };
  const work = input.evaluate(encoderWeights(state, config.encoder, config.adapterShare), effort);
  const recall = await unlessAborted(work, signal);
  if (!recall) return undefined;
  emit({ event: "eval", step, epoch, encoder, recall });
  const after = {
    ...position,
    evaluated: step,
    encoder: config.encoder,
    [encoder]: recall,
    ...bestOf(position, recall),
  };
  const { trained, head, whitened, frozen } = after;
  await writeEvaluation(paths, { step, epoch, trained, head, whitened, frozen, run: record.id });
  return after;
}

/** Diagnoses the keys of a state. Gives the position that remembers it, or undefined where it was interrupted. */
async function diagnosed(run: OpenRun, position: Position, state: Tensors): Promise<Position | undefined> {
  const { config, data, set, emit, signal } = run;
  const { step, epoch } = position;
  const effort = { signal, progress: progressAt(run, position, "diagnose") };
  const work = diagnoseState(configAt(config, step, set.length), state, data.train, effort);
  const diagnosis = await unlessAborted(work, signal);
  if (!diagnosis) return undefined;
  emit({ event: "diagnose", step, epoch, ...diagnosis });
  return { ...position, diagnosed: step };
}

/** The best so far of a trained encoder, by the labels that count most where they are known. */
function bestOf({ step, best = Number.NEGATIVE_INFINITY }: Position, recall: EvalReport): Pick<Position, "best"> {
  const score = (recall.fine ?? recall.coarse)["1"] ?? 0;
  return step > 0 && score > best ? { best: score } : {};
}

/** What `work` gives, or undefined where it failed because `signal` aborted it. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
