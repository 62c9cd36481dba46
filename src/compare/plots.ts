import { barChart, type LineSeries, lineChart } from "../charts/index.ts";
import { groupBy } from "../core/index.ts";
import type { CellResult } from "./results.ts";
import { type CompareRow, ksOfRows } from "./rows.ts";
import { type Summary, summarize } from "./statistics.ts";

export interface Plot {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/** Fine labels where they are known, else the coarse ones. */
type Labels = "fine" | "coarse";

/** The plots of a comparison: Recall@K of every row, curves over epochs, one ablation for each varied setting. */
export function plotsOf(rows: readonly CompareRow[], results: readonly CellResult[]): Plot[] {
  const known = rows.filter(({ n }) => n > 0);
  if (known.length === 0) return [];
  const labels: Labels = known.some(({ recall }) => recall.fine["1"]) ? "fine" : "coarse";
  const varied = [...new Set(known.flatMap((row) => Object.keys(row.varied)))];
  return [
    recallPlot(known, labels),
    ...curvesPlot(known, results, labels),
    ...varied.map((key) => ablationPlot(known, key, labels)),
  ];
}

const labelled = ({ name, reference }: CompareRow) => (reference ? `${name} (sees fine labels)` : name);

function recallPlot(rows: readonly CompareRow[], labels: Labels): Plot {
  const title = `Recall@K, ${labels} labels`;
  const ks = ksOfRows(labels, rows);
  const series = rows.map((row) => ({
    name: labelled(row),
    values: ks.map((k) => percent(row.recall[labels][String(k)]?.mean)),
    errors: ks.map((k) => percent(row.recall[labels][String(k)]?.deviation)),
  }));
  const categories = ks.map((k) => `R@${k}`);
  return { name: "recall", title, svg: barChart({ title, yLabel: "Recall in %", categories, series, yMin: 0 }) };
}

/** Mean over the seeds that were evaluated at an epoch, with the deviation as a band. */
function curvesPlot(rows: readonly CompareRow[], results: readonly CellResult[], labels: Labels): Plot[] {
  const title = `${labels === "fine" ? "Fine" : "Coarse"} Recall@1 during training`;
  const series = rows.flatMap((row): LineSeries[] => {
    const points = results.filter(({ cell }) => cell.slug === row.slug).flatMap(({ curve }) => curve);
    const epochs = [...new Set(points.map(({ epoch }) => epoch))].sort((a, b) => a - b);
    const means = epochs.flatMap((epoch) => {
      const summary = summarize(points.filter((point) => point.epoch === epoch).map((point) => point[labels]));
      return summary ? [{ epoch, ...inPercent(summary) }] : [];
    });
    if (means.length === 0) return [];
    const name = labelled(row);
    const line = { name, points: means.map(({ epoch, mean }) => [epoch, mean] as const) };
    if (row.n < 2) return [line];
    return [{ ...line, band: means.map(({ epoch, ...summary }) => [epoch, ...ends(summary)] as const) }];
  });
  if (series.length === 0) return [];
  const svg = lineChart({ title, xLabel: "epochs", yLabel: "Recall@1 in %", series });
  return [{ name: "curves", title, svg }];
}

/** Recall@1 over the values of one setting, a series for each method under each choice of the others. */
function ablationPlot(rows: readonly CompareRow[], key: string, labels: Labels): Plot {
  const title = `${labels === "fine" ? "Fine" : "Coarse"} Recall@1 over ${key}`;
  const touched = rows.filter((row) => key in row.varied);
  const groups = groupBy(touched, (row) => {
    const others = Object.entries(row.varied).filter(([other]) => other !== key);
    return [labelled({ ...row, name: row.base }), ...others.map(([k, v]) => `${k} ${v}`)].join(" ");
  });
  const recall = (row: CompareRow) => row.recall[labels]["1"];
  const numeric = touched.every(({ varied }) => typeof varied[key] === "number");
  const draw = numeric ? ablationLines : ablationBars;
  return { name: `ablation-${key}`, title, svg: draw(title, key, groups, recall) };
}

type Draw = (
  title: string,
  key: string,
  groups: ReadonlyMap<string, readonly CompareRow[]>,
  recall: (row: CompareRow) => Summary | undefined,
) => string;

const ablationLines: Draw = (title, key, groups, recall) => {
  const series = [...groups].map(([name, rows]): LineSeries => {
    const points = rows.flatMap((row) => {
      const summary = recall(row);
      return summary ? [{ x: row.varied[key] as number, ...inPercent(summary) }] : [];
    });
    points.sort((a, b) => a.x - b.x);
    const line = { name, points: points.map(({ x, mean }) => [x, mean] as const) };
    if (points.every(({ deviation }) => deviation === 0)) return line;
    return { ...line, band: points.map(({ x, ...summary }) => [x, ...ends(summary)] as const) };
  });
  return lineChart({ title, xLabel: key, yLabel: "Recall@1 in %", series });
};

const ablationBars: Draw = (title, key, groups, recall) => {
  const categories = [...new Set([...groups.values()].flat().map(({ varied }) => String(varied[key])))];
  const series = [...groups].map(([name, rows]) => {
    const found = categories.map((category) => rows.find(({ varied }) => String(varied[key]) === category));
    const summaries = found.map((row) => row && recall(row));
    return {
      name,
      values: summaries.map((summary) => percent(summary?.mean)),
      errors: summaries.map((summary) => percent(summary?.deviation)),
    };
  });
  return barChart({ title, xLabel: key, yLabel: "Recall@1 in %", categories, series, yMin: 0 });
};

const percent = (share: number | undefined) => (share === undefined ? undefined : 100 * share);

const inPercent = ({ mean, deviation = 0 }: Summary) => ({ mean: 100 * mean, deviation: 100 * deviation });

/** No share is below nothing or above all. */
const ends = ({ mean, deviation }: { mean: number; deviation: number }) =>
  [Math.max(0, mean - deviation), Math.min(100, mean + deviation)] as const;
