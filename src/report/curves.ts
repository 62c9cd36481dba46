import { type LineSeries, lineChart } from "../charts/index.ts";
import type { RunMetrics, StepEvent } from "../run/index.ts";
import { html, type Markup, trusted } from "./html.ts";

/** Points of a curve over the steps: more would not be seen. */
const MOST_POINTS = 160;
const size = { width: 460, height: 290 };
const ks = ["1", "2", "5", "10"];

/** The curves of a run: loss, learning rate, speed over the epochs, and Recall@K of each kind of label. */
export function curves({ steps, starts, evals }: RunMetrics): Markup | undefined {
  const perEpoch = starts.at(-1)?.stepsPerEpoch || 1;
  const charts = [...stepCharts(steps, perEpoch), ...recallCharts(evals, perEpoch)];
  if (charts.length === 0) return undefined;
  return html`<div class="charts">${charts.map((svg) => html`<figure class="chart">${trusted(svg)}</figure>`)}</div>`;
}

function stepCharts(steps: readonly StepEvent[], perEpoch: number): string[] {
  if (steps.length < 2) return [];
  const over = (title: string, yLabel: string, pick: (event: StepEvent) => number, more: object = {}) =>
    lineChart({
      ...{ ...size, ...more, title, yLabel, xLabel: "epoch", xMin: 0 },
      series: [{ name: title, ...summarised(steps, perEpoch, pick) }],
    });
  return [
    over("Loss (mean, and range)", "loss", (event) => event.loss),
    over("Learning rate", "learning rate", (event) => event.learningRate, { yMin: 0 }),
    over("Speed (mean, and range)", "images/s", (event) => event.imagesPerSecond, { yMin: 0 }),
  ];
}

/** Mean of each stretch of steps, with lowest and highest. */
function summarised(
  steps: readonly StepEvent[],
  perEpoch: number,
  pick: (event: StepEvent) => number,
): Omit<LineSeries, "name"> {
  const count = Math.min(MOST_POINTS, steps.length);
  const points: [number, number][] = [];
  const band: [number, number, number][] = [];
  for (let i = 0; i < count; i++) {
    const stretch = steps.slice(Math.floor((i * steps.length) / count), Math.floor(((i + 1) * steps.length) / count));
    const epoch = stretch.at(-1)!.step / perEpoch;
    const values = stretch.map(pick).filter(Number.isFinite);
    points.push([epoch, values.reduce((sum, value) => sum + value, 0) / values.length]);
    if (values.length > 0) band.push([epoch, Math.min(...values), Math.max(...values)]);
  }
  return { points, band };
}

const kinds = [
  ["fine", "Fine Recall@K"],
  ["within", "Fine Recall@K within the coarse class"],
  ["coarse", "Coarse Recall@K"],
] as const;

/** The frozen encoder stands at epoch 0, the trained one after each epoch it was evaluated at. */
function recallCharts(evals: RunMetrics["evals"], perEpoch: number): string[] {
  const byStep = new Map(evals.map((event) => [event.step, event]));
  const ordered = [...byStep.values()].sort((a, b) => a.step - b.step);
  if (ordered.length < 2) return [];
  return kinds.flatMap(([kind, title]) => {
    const lines = ks.map((k) => ({
      name: `R@${k}`,
      points: ordered.flatMap(({ step, recall }) => {
        const share = recall[kind]?.[k];
        return share === undefined ? [] : [[step / perEpoch, 100 * share] as const];
      }),
    }));
    const series = lines.filter(({ points }) => points.length > 1);
    if (series.length === 0) return [];
    return [lineChart({ ...size, title, xLabel: "epoch (0: frozen)", yLabel: "%", series, yMin: 0, yMax: 100 })];
  });
}
