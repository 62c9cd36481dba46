import { counted } from "../core/index.ts";
import type { ProgressEvent, StartEvent, StepEvent, TrainEvent } from "../run/index.ts";
import { nearestLine } from "./diagnose-table.ts";
import { recallLine } from "./recall-table.ts";
import { CLEAR_LINE, type Terminal } from "./terminal.ts";
import { warningLine } from "./warn.ts";

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;

export interface Progress {
  show(event: TrainEvent): void;
}

/** Renders a run's events: one line that moves on a live terminal, else a plain line every few seconds. */
export function showProgress(terminal: Terminal, { label = "", now = () => performance.now() } = {}): Progress {
  let start: StartEvent | undefined;
  let shown = Number.NEGATIVE_INFINITY;
  let moving = false;

  const line = (text: string) => {
    terminal.err(`${moving ? CLEAR_LINE : ""}${label}${text}\n`);
    moving = false;
  };

  const move = (text: string, columns: number) => {
    terminal.err(`${CLEAR_LINE}${(label + text).slice(0, columns - 1)}`);
    moving = true;
  };

  const step = (event: StepEvent) => {
    const last = event.step === start?.steps;
    if (!last && now() - shown < (terminal.columns ? LIVE_EVERY_MS : PLAIN_EVERY_MS)) return;
    shown = now();
    const text = stepLine(event, start);
    if (terminal.columns) move(text, terminal.columns);
    else terminal.err(`${label}${text}\n`);
  };

  const wait = ({ what, done, total }: ProgressEvent) => {
    if (!terminal.columns || now() - shown < LIVE_EVERY_MS) return;
    shown = now();
    move(`${done}/${total} ${waits[what]}`, terminal.columns);
  };

  return {
    show(event) {
      if (event.event === "step") return step(event);
      if (event.event === "progress") return wait(event);
      if (event.event === "start") start = event;
      const text = eventLine(event);
      if (text !== undefined) line(text);
    },
  };
}

const waits = {
  features: "images for cached features",
  queue: "keys for the queue",
  eval: "images to evaluate",
  diagnose: "images to diagnose",
} as const;

function stepLine(event: StepEvent, start: StartEvent | undefined): string {
  const total = start?.steps ?? event.step;
  const per = start?.stepsPerEpoch ?? 1;
  const batch = start?.batchSize ?? 0;
  const left = event.imagesPerSecond > 0 ? ((total - event.step) * batch) / event.imagesPerSecond : Number.NaN;
  return [
    `epoch ${event.epoch + 1}/${Math.ceil(total / per)}`,
    `step ${event.step}/${total}`,
    `loss ${event.loss.toFixed(4)}`,
    `lr ${event.learningRate === 0 ? "0" : event.learningRate.toPrecision(3)}`,
    `${event.imagesPerSecond.toFixed(0)} images/s`,
    `ETA ${duration(left)}`,
  ].join("  ");
}

function eventLine(event: Exclude<TrainEvent, StepEvent | ProgressEvent>): string | undefined {
  switch (event.event) {
    case "start":
      return `${event.resumed ? `resuming at step ${event.step} of` : "training"} ${counted(event.steps, "step")} on ${event.dataset}: ${counted(event.trainImages, "image")}, ${event.testImages} for testing`;
    case "eval":
      return `${event.encoder} encoder${event.step > 0 ? ` after step ${event.step}` : ""}: ${recallLine(event.recall)}`;
    case "diagnose":
      return nearestLine(event);
    case "warning":
      return warningLine(event.message);
    case "notice":
      return event.message;
    case "end":
      return `${event.reason} at step ${event.step} after ${duration(event.seconds)}: ${event.imagesPerSecond.toFixed(0)} images/s, ${(100 * event.dataWait).toFixed(1)}% of the time waiting for images`;
    case "checkpoint":
      return undefined;
  }
}

/** A count that moves on a live terminal, and is silent elsewhere. */
export function showCount(terminal: Terminal, what: string): (done: number, total: number) => void {
  return (done, total) => {
    if (terminal.columns) terminal.err(`${CLEAR_LINE}${done === total ? "" : `${done}/${total} ${what}`}`);
  };
}

/** Seconds as `42s`, `3m05s` or `2h07m`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const s = Math.round(seconds);
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m${String(s % 60).padStart(2, "0")}s`;
  return `${Math.floor(s / 3600)}h${String(Math.floor((s % 3600) / 60)).padStart(2, "0")}m`;
}
