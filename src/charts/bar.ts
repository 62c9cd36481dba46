import { palette } from "./palette.ts";
import { axisOf, type Frame, renderSvg } from "./render.ts";
import { plainNames, plainText } from "./text.ts";

export interface BarSeries {
  readonly name: string;
  /** One value a category; undefined: no bar. */
  readonly values: readonly (number | undefined)[];
  /** Error bars: half the length each way, or both ends as [low, high] in the axis's units. */
  readonly errors?: readonly (number | readonly [low: number, high: number] | undefined)[];
}

export interface BarChart extends Frame {
  readonly yLabel: string;
  /** The groups, left to right. */
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  readonly yMin?: number;
  readonly yMax?: number;
}

interface Api {
  value(dimension: number): number;
  coord(point: number[]): number[];
  size(extent: number[]): number[];
}

/** Grouped bars with error bars, as a standalone SVG. */
export function barChart(chart: BarChart): string {
  const names = plainNames(chart.series.map(({ name }) => name));
  const colors = palette(chart.series.length);
  const count = chart.series.length;
  const series = chart.series.flatMap(({ values, errors }, i) => {
    const data = chart.categories.map((_, c) => finite(values[c]));
    const color = colors[i];
    const bars = { type: "bar", name: names[i], data, color, barGap: "12%", barCategoryGap: "30%" };
    const spans = chart.categories.flatMap((_, c) => {
      const [value, error] = [data[c], errors?.[c]];
      if (value == null || error === undefined) return [];
      const [low, high] = typeof error === "number" ? [value - error, value + error] : error;
      return Number.isFinite(low) && Number.isFinite(high) ? [[c, low, high]] : [];
    });
    return spans.length > 0 ? [bars, errorBars(spans, i, count)] : [bars];
  });
  return renderSvg(chart, {
    legend: names.map((name, i) => ({ name, color: colors[i]!, mark: "rect" as const })),
    series,
    xAxis: axisOf(chart.xLabel, {
      type: "category",
      data: chart.categories.map((name) => plainText(name, 28)),
      splitLine: { show: false },
      axisLabel: { ...axisOf(undefined).axisLabel, formatter: undefined, ...fitted(chart) },
    }),
    yAxis: axisOf(chart.yLabel, {
      type: "value",
      ...(chart.yMin === undefined ? {} : { min: chart.yMin }),
      ...(chart.yMax === undefined ? {} : { max: chart.yMax }),
    }),
  });
}

/** Few names wrap under their group; more stand aslant; too many are thinned out by the library. */
function fitted({ categories, width = 640 }: BarChart): object {
  const room = (width - 86) / Math.max(1, categories.length);
  if (room >= 60) return { interval: 0, width: room - 10, overflow: "break", lineHeight: 13 };
  return room >= 14 ? { interval: 0, rotate: 40, width: 90, overflow: "truncate" } : {};
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);

/** Whiskers in the text's colour, placed as the library places `count` bars with the gaps above. */
function errorBars(spans: readonly number[][], series: number, count: number): object {
  return {
    type: "custom",
    data: spans,
    encode: { x: 0, y: [1, 2] },
    silent: true,
    clip: true,
    z: 5,
    renderItem: (_: unknown, api: Api) => {
      const group = api.size([1, 0])[0]! * 0.7;
      const bar = group / (count + 0.12 * (count - 1));
      const low = api.coord([api.value(0), api.value(1)]);
      const high = api.coord([api.value(0), api.value(2)]);
      const x = low[0]! - group / 2 + bar / 2 + series * bar * 1.12;
      const cap = Math.min(5, bar / 3);
      const line = (x1: number, y1: number, x2: number, y2: number) => ({
        type: "line",
        shape: { x1, y1, x2, y2 },
        style: { stroke: "#1d1f23", lineWidth: 1.4 },
      });
      return {
        type: "group",
        children: [
          line(x, low[1]!, x, high[1]!),
          line(x - cap, low[1]!, x + cap, low[1]!),
          line(x - cap, high[1]!, x + cap, high[1]!),
        ],
      };
    },
  };
}
