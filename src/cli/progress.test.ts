import { expect, it } from "vitest";
import type { StepEvent, TrainEvent } from "../run/index.ts";
import { duration, showProgress } from "./progress.ts";

const start: TrainEvent = {
  event: "start",
  step: 0,
  epoch: 0,
  resumed: false,
  steps: 100,
  stepsPerEpoch: 10,
  batchSize: 50,
  dataset: "clothes",
  trainImages: 512,
  testImages: 90,
  time: "",
};
const step = (n: number): StepEvent => ({
  event: "step",
  step: n,
  epoch: Math.floor((n - 1) / 10),
  loss: 1.25,
  learningRate: 0.1,
  imagesPerSecond: 100,
  dataWait: 0,
});

function rendered(columns: number | undefined, events: [number, TrainEvent][]): string {
  let text = "";
  let time = 0;
  const err = (piece: string) => {
    text += piece;
  };
  const terminal = { out: () => undefined, err, columns };
  const progress = showProgress(terminal, { now: () => time });
  for (const [at, event] of events) {
    time = at;
    progress.show(event);
  }
  return text;
}

it("writes plain lines now and then, and always the last step, without a terminal", () => {
  const text = rendered(undefined, [
    [0, start],
    [0, step(1)],
    [5000, step(2)],
    [10_001, step(3)],
    [10_002, step(100)],
  ]);
  expect(text.split("\n")).toEqual([
    "training 100 steps on clothes: 512 images, 90 for testing",
    "epoch 1/10  step 1/100  loss 1.2500  lr 0.100  100 images/s  ETA 50s",
    "epoch 1/10  step 3/100  loss 1.2500  lr 0.100  100 images/s  ETA 49s",
    "epoch 10/10  step 100/100  loss 1.2500  lr 0.100  100 images/s  ETA 0s",
    "",
  ]);
});

it("moves one line on a terminal, cut to its width, and clears it before another", () => {
  const warning: TrainEvent = { event: "warning", step: 1, epoch: 0, message: "careful" };
  const text = rendered(30, [
    [0, start],
    [0, step(1)],
    [50, step(2)],
    [200, step(3)],
    [201, warning],
  ]);
  expect(text).toContain(
    "\r\x1b[Kepoch 1/10  step 1/100  loss \r\x1b[Kepoch 1/10  step 3/100  loss \r\x1b[Kwarning: careful\n",
  );
  expect(text).not.toContain("step 2/");
});

it("counts a wait on a terminal alone", () => {
  const queue = (done: number): TrainEvent => ({
    ...{ event: "progress", step: 0, epoch: 0, what: "queue", total: 4096 },
    done,
  });
  const events: [number, TrainEvent][] = [
    [0, start],
    [10, queue(128)],
    [50, queue(256)],
    [200, queue(384)],
    [300, step(1)],
  ];
  expect(rendered(80, events)).toContain(
    "\r\x1b[K128/4096 keys for the queue\r\x1b[K384/4096 keys for the queue\r\x1b[Kepoch 1/10",
  );
  expect(rendered(undefined, events)).not.toContain("queue");
});

it("says durations briefly", () => {
  expect([0, 59.4, 60, 3599, 3600, 7261, Number.NaN].map(duration)).toEqual([
    "0s",
    "59s",
    "1m00s",
    "59m59s",
    "1h00m",
    "2h01m",
    "?",
  ]);
});
