import type { Tensors } from "../core/index.ts";
import { saveCheckpoint } from "../step/checkpoint.ts";
import { encoderWeights, evaluateEncoder } from "./evaluate.ts";
import type { OpenRun } from "./open-run.ts";
import type { Position } from "./position.ts";
import { writeEvaluation } from "./run-folder.ts";

/** Knows where the run stands, and between two steps evaluates it and writes it down when that is due. */
export interface Keeper {
  position: Position;
  /** The step of the last checkpoint. */
  readonly saved: number;
  /** Whether the evaluation due at this position was made. */
  readonly complete: boolean;
  keep(): Promise<void>;
}

/** A checkpoint at the end of an epoch may take this share of the time. */
const saveShare = 0.05;

export function keepRun(run: OpenRun, start: Position, restored: boolean): Keeper {
  const { config, paths, signal, schedule, emit } = run;
  let saved = restored ? start.step : -1;
  let savedAt = performance.now();
  let saveMs = 0;

  const evaluationDue = () => {
    const { step, epoch, iteration, evaluated } = keeper.position;
    if (step === evaluated) return false;
    if (step === 0 || step === schedule.totalSteps) return true;
    return iteration === 0 && config.evalEvery > 0 && epoch % config.evalEvery === 0;
  };

  const saveDue = () => {
    const { step, epoch, iteration } = keeper.position;
    const elapsed = performance.now() - savedAt;
    if (step === saved) return false;
    if (signal?.aborted || elapsed >= config.checkpointMinutes * 60_000) return true;
    return iteration === 0 && (isKept(epoch) || elapsed * saveShare >= saveMs);
  };

  const isKept = (epoch: number) => config.checkpointEvery > 0 && epoch > 0 && epoch % config.checkpointEvery === 0;

  async function save(state: Tensors, best: boolean): Promise<void> {
    const { position } = keeper;
    const start = performance.now();
    const keepEvery = position.iteration === 0 ? config.checkpointEvery : 0;
    const file = await saveCheckpoint(paths.checkpoints, { tensors: state, position }, { best, keepEvery });
    saved = position.step;
    savedAt = performance.now();
    saveMs = savedAt - start;
    emit({ event: "checkpoint", step: position.step, epoch: position.epoch, file });
  }

  /** Evaluates; false where it was interrupted. The checkpoint that follows holds the result. */
  async function evaluate(state: Tensors): Promise<{ best: boolean } | undefined> {
    const { step, epoch, best = Number.NEGATIVE_INFINITY } = keeper.position;
    const encoder = step === 0 ? "frozen" : "trained";
    const recall = await unlessAborted(
      evaluateEncoder(config, encoderWeights(state), run.data.test ?? run.data.train, signal),
      signal,
    );
    if (!recall) return undefined;
    emit({ event: "eval", step, epoch, encoder, recall });
    const score = (recall.fine ?? recall.coarse)["1"] ?? 0;
    const better = step > 0 && score > best;
    keeper.position = {
      ...keeper.position,
      evaluated: step,
      [encoder]: recall,
      ...(better ? { best: score } : {}),
    };
    const { frozen, trained } = keeper.position;
    await writeEvaluation(paths, { step, epoch, trained, frozen });
    return { best: better };
  }

  const keeper: Keeper = {
    position: start,
    get saved() {
      return saved;
    },
    get complete() {
      return !evaluationDue();
    },
    async keep() {
      if (evaluationDue() && !signal?.aborted) {
        const state = await run.step.save();
        const done = await evaluate(state);
        if (done) return save(state, done.best);
      }
      if (saveDue()) await save(await run.step.save(), false);
    },
  };
  return keeper;
}

/** What `work` gives, or undefined where it failed because `signal` told it to. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return undefined;
    throw error;
  }
}
