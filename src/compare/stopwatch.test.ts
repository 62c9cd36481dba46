import { expect, it } from "vitest";
import type { StartEvent, StepEvent, TrainEvent } from "../run/index.ts";
import { startStopwatch, type Timing } from "./stopwatch.ts";

let clock = 0;
const after = (seconds: number) => {
  clock += 1000 * seconds;
};
const start = (step: number) => ({ event: "start", step, batchSize: 10 }) as StartEvent;
const step = (at: number) => ({ event: "step", step: at }) as StepEvent;
const checkpoint = { event: "checkpoint", step: 0, epoch: 0, file: "" } as TrainEvent;

/** A process that makes steps of `seconds` each, an evaluation of a minute after every second one. */
function run(from: number, to: number, seconds: number, before?: Timing) {
  const watch = startStopwatch(before, () => clock);
  watch.observe(start(from));
  after(60);
  watch.observe(checkpoint);
  for (let at = from + 1; at <= to; at++) {
    after(seconds);
    watch.observe(step(at));
    if (at % 2 === 0) {
      after(60);
      watch.observe(checkpoint);
    }
  }
  return watch;
}

it("times the steps alone, and images over all but a process's first steps", () => {
  const { timing, pace } = run(0, 8, 2);
  expect(timing).toEqual({ step: 8, seconds: 16, images: 50, imageSeconds: 10 });
  expect(pace).toBe(2);
  expect(run(0, 3, 2).pace).toBeUndefined();
});

it("goes on from an earlier process, by its share where the checkpoint is another one", () => {
  const before = run(0, 8, 2).timing!;
  expect(run(8, 12, 1, before).timing).toEqual({ step: 12, seconds: 20, images: 60, imageSeconds: 11 });
  expect(run(4, 4, 1, before).timing).toEqual({ step: 4, seconds: 8, images: 25, imageSeconds: 5 });
  expect(run(0, 4, 1, before).timing).toEqual({ step: 4, seconds: 4, images: 10, imageSeconds: 1 });
});

it("counts the seconds of a head that is trained first, and neither its images nor its pace", () => {
  const watch = run(0, 8, 2);
  watch.observe({ ...start(0), batchSize: 4 });
  for (let at = 1; at <= 5; at++) {
    after(10);
    watch.observe(step(at));
  }
  expect(watch.timing).toEqual({ step: 5, seconds: 66, images: 8, imageSeconds: 20 });
  expect(watch.pace).toBe(10);
});

it("knows nothing of steps that nobody timed", () => {
  expect(run(4, 8, 1).timing).toBeUndefined();
});
