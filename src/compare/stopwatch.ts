import type { TrainEvent } from "../run/index.ts";
import { WARM_UP_STEPS } from "../train/index.ts";

/** What a run's steps took so far, over all the processes that made them. */
export interface Timing {
  /** The step of the last checkpoint: what a later process continues from. */
  readonly step: number;
  /** Wall clock of the steps alone, without evaluations and checkpoints. */
  readonly seconds: number;
  /** The steps of which `images` and `imageSeconds` are the sum: the first few of a process are left out. */
  readonly images: number;
  readonly imageSeconds: number;
}

export interface Stopwatch {
  observe(event: TrainEvent): void;
  /** Undefined where steps were made that nobody timed. */
  readonly timing: Timing | undefined;
  /** Seconds a step since the last start; undefined before the first steps. */
  readonly pace: number | undefined;
}

/**
 * Times a run's steps from its events. `before` is what an earlier process left; where the run continues from another
 * step than that one's last checkpoint, its share is taken. A head that is trained before a model itself starts first: its
 * seconds count, its pace is another.
 */
export function startStopwatch(before?: Timing, now: () => number = () => performance.now()): Stopwatch {
  let total = { step: 0, seconds: 0, images: 0, imageSeconds: 0 };
  let known = true;
  let batchSize = 0;
  let process = { steps: 0, seconds: 0 };
  let last = now();

  function begin({ step }: { step: number }): void {
    process = { steps: 0, seconds: 0 };
    known = step === 0 || (before !== undefined && before.step > 0);
    if (step === 0 || !before || before.step === 0) total = { ...total, step, images: 0, imageSeconds: 0 };
    else {
      const share = step / before.step;
      const { seconds, images, imageSeconds } = before;
      total = { step, seconds: seconds * share, images: images * share, imageSeconds: imageSeconds * share };
    }
  }

  function count(step: number, seconds: number): void {
    total.step = step;
    total.seconds += seconds;
    process.steps++;
    if (process.steps <= WARM_UP_STEPS) return;
    process.seconds += seconds;
    total.images += batchSize;
    total.imageSeconds += seconds;
  }

  return {
    observe(event) {
      const at = now();
      if (event.event === "start") {
        batchSize = event.batchSize;
        begin(event);
      }
      if (event.event === "step") count(event.step, (at - last) / 1000);
      last = at;
    },
    get timing() {
      return known ? { ...total } : undefined;
    },
    get pace() {
      const { steps, seconds } = process;
      return steps > WARM_UP_STEPS ? seconds / (steps - WARM_UP_STEPS) : undefined;
    },
  };
}
