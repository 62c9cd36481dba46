import type { RunConfig } from "../config/index.ts";
import type { Position } from "../run/index.ts";

type Frequencies = Pick<RunConfig, "checkpointEvery" | "checkpointMinutes">;

/** Writing a checkpoint at the end of an epoch may take this share of the time. */
const SAVE_SHARE = 0.05;

/**
 * At the start, every n epochs and at the end, once each with an encoder. A run that takes more epochs for its least number
 * of steps is evaluated as often as one without it.
 */
export function evaluationDue(
  { evalEvery: every, encoder, epochs }: Pick<RunConfig, "evalEvery" | "encoder" | "epochs">,
  { totalSteps, totalEpochs = epochs }: { totalSteps: number; totalEpochs?: number },
  position: Position,
): boolean {
  const { step, evaluated } = position;
  const evalEvery = Math.round((every * Math.max(epochs, totalEpochs)) / epochs);
  if (step === evaluated && encoder === (position.encoder ?? "query")) return false;
  return step === 0 || step === totalSteps || endsEpoch(position, evalEvery);
}

interface SaveClock {
  /** The step of the last checkpoint; -1 before the first. */
  readonly saved: number;
  /** Since then. */
  readonly elapsedMs: number;
  /** How long writing it took. */
  readonly saveMs: number;
}

/** Every n minutes, at the end of kept epochs, and of others as often as it costs little. */
export function saveDue(config: Frequencies, position: Position, { saved, elapsedMs, saveMs }: SaveClock): boolean {
  if (position.step === saved) return false;
  if (elapsedMs >= config.checkpointMinutes * 60_000 || endsEpoch(position, config.checkpointEvery)) return true;
  return endsEpoch(position, 1) && elapsedMs * SAVE_SHARE >= saveMs;
}

/** Whether the position is the end of an epoch that is a multiple of n; 0 means never. */
export const endsEpoch = ({ epoch, iteration }: Position, n: number): boolean =>
  n > 0 && epoch > 0 && iteration === 0 && epoch % n === 0;
