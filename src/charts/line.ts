import { marks } from "./legend.ts";
import { palette } from "./palette.ts";
import { axisOf, type Frame, renderSvg } from "./render.ts";
import { plainNames } from "./text.ts";

export type Point = readonly [x: number, y: number];

export interface LineSeries {
  readonly name: string;
  /** In rising x; a value that is not finite makes a gap. */
  readonly points: readonly Point[];
  /** A shaded range around the line, as [x, low, high] in rising x. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

export interface LineChart extends Frame {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  /** Logarithmic x axis; points at x <= 0 are left out. */
  readonly logX?: boolean;
  /** Where the x axis begins; default: at the first point. */
  readonly xMin?: number;
  /** Ends of the y axis where the data alone should not decide. */
  readonly yMin?: number;
  readonly yMax?: number;
}

const dashes = ["solid", [7, 4], [2, 3], [10, 3, 2, 3]] as const;
/** With more points than this the marks would hide the line. */
const markedPoints = 24;

/** Lines over a numeric axis, as a standalone SVG. Series differ by colour, and by dash and mark as well. */
export function lineChart(chart: LineChart): string {
  const names = plainNames(chart.series.map(({ name }) => name));
  const colors = palette(chart.series.length);
  const fits = (x: number) => Number.isFinite(x) && (!chart.logX || x > 0);
  const series = chart.series.flatMap(({ points, band }, i) => {
    const data = points.filter(([x]) => fits(x)).map(([x, y]) => [x, Number.isFinite(y) ? y : null]);
    const color = colors[i];
    const line = {
      type: "line",
      name: names[i],
      data,
      color,
      lineStyle: { color, width: 2, type: dashes[i % dashes.length] },
      itemStyle: { color },
      symbol: marks[i % marks.length],
      symbolSize: 7,
      showSymbol: data.length <= markedPoints,
      z: 3,
    };
    const range = band?.filter((row) => fits(row[0]) && row.every(Number.isFinite)) ?? [];
    return range.length > 1 ? [bandSeries(range, color!), line] : [line];
  });
  return renderSvg(chart, {
    legend: names.map((name, i) => ({
      name,
      color: colors[i]!,
      mark: marks[i % marks.length]!,
      dash: dashes[i % dashes.length]!,
    })),
    series,
    xAxis: xAxisOf(chart),
    yAxis: axisOf(chart.yLabel, {
      type: "value",
      scale: true,
      ...(chart.yMin === undefined ? {} : { min: chart.yMin }),
      ...(chart.yMax === undefined ? {} : { max: chart.yMax }),
    }),
  });
}

function xAxisOf(chart: LineChart): object {
  const ends = tight(chart);
  const axis = axisOf(chart.xLabel, { type: chart.logX ? "log" : "value", scale: true, ...ends });
  // An end such as 0.9677 is no number to read off an axis.
  const round = ends.max === undefined || Number(ends.max.toPrecision(2)) === ends.max;
  return round ? axis : { ...axis, axisLabel: { ...axis.axisLabel, showMaxLabel: false } };
}

/** Measured curves end where the data ends, without an empty stretch behind them. */
function tight({ series, logX, xMin }: LineChart): { min?: number; max?: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { points } of series)
    for (const [x] of points)
      if (Number.isFinite(x) && (!logX || x > 0)) [min, max] = [Math.min(min, x), Math.max(max, x)];
  return min < max ? { min: xMin ?? min, max } : {};
}

/** The range as one polygon: drawn with its first row, which all the others follow. */
function bandSeries(band: NonNullable<LineSeries["band"]>, color: string): object {
  return {
    type: "custom",
    data: band,
    encode: { x: 0, y: [1, 2] },
    silent: true,
    clip: true,
    z: 1,
    renderItem: (params: { dataIndex: number }, api: { coord(point: number[]): number[] }) => {
      if (params.dataIndex > 0) return undefined;
      const low = band.map(([x, y]) => api.coord([x, y]));
      const high = band.map(([x, , y]) => api.coord([x, y])).reverse();
      return { type: "polygon", shape: { points: [...low, ...high] }, style: { fill: color, opacity: 0.18 } };
    },
  };
}
