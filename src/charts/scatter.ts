import { marks } from "./legend.ts";
import type { Point } from "./line.ts";
import { palette } from "./palette.ts";
import { axisOf, type Frame, renderSvg } from "./render.ts";
import { plainNames } from "./text.ts";

export interface ScatterChart extends Frame {
  readonly points: readonly Point[];
  /** Class of each point, which gives its colour and mark; default: one class. */
  readonly classes?: ArrayLike<number>;
  /** Names by class number, for the legend; default: no legend. */
  readonly classNames?: readonly string[];
  /** Diameter of a point in pixels; default 6. */
  readonly size?: number;
  /** Draw the axes and their numbers; default true. A map of features has none worth reading. */
  readonly axes?: boolean;
}

/** Of a class without a number in the palette. */
const other = "#6f7f8f";

/** Points in the plane by class, as a standalone SVG. Points that are not finite are left out. */
export function scatterChart(chart: ScatterChart): string {
  const { points, classes, classNames, size = 6, axes = true } = chart;
  const groups = new Map<number, Point[]>();
  points.forEach((point, i) => {
    if (!point.every(Number.isFinite)) return;
    const of = classes?.[i] ?? 0;
    const group = groups.get(of);
    if (group) group.push(point);
    else groups.set(of, [point]);
  });
  const order = [...groups.keys()].sort((a, b) => a - b);
  const colors = palette(Math.max(classNames?.length ?? 0, (order.at(-1) ?? 0) + 1));
  const names = plainNames(order.map((of) => classNames?.[of] ?? `${of}`));
  const series = order.map((of, i) => ({
    type: "scatter",
    name: names[i],
    data: groups.get(of),
    symbol: marks[i % marks.length],
    symbolSize: size,
    color: colors[of] ?? other,
    itemStyle: { color: colors[of] ?? other, opacity: 0.8 },
  }));
  const axis = (label: string | undefined) => axisOf(label, { type: "value", scale: true, show: axes });
  return renderSvg(chart, {
    legend: classNames
      ? order.map((of, i) => ({ name: names[i]!, color: colors[of] ?? other, mark: marks[i % marks.length]! }))
      : [],
    series,
    xAxis: axis(chart.xLabel),
    yAxis: axis(chart.yLabel),
  });
}
