import { type Area, type Frame, frameSize, renderSvg } from "./frame.ts";
import { palette } from "./palette.ts";
import { isDrawable, linearScale, type Scale } from "./scale.ts";
import { LETTER_WIDTH, plainNames, plainText, round, wrapped } from "./text.ts";

interface BarSeries {
  readonly name: string;
  /** One value a category; undefined: no bar. */
  readonly values: readonly (number | undefined)[];
  /** Error bars: half the length each way, or both ends as [low, high] in the axis's units. */
  readonly errors?: readonly (number | readonly [low: number, high: number] | undefined)[];
}

interface BarChart extends Frame {
  readonly yLabel: string;
  /** The groups, left to right. */
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  readonly yMin?: number;
  readonly yMax?: number;
}

interface Bar {
  readonly category: number;
  readonly series: number;
  readonly value: number;
  readonly ends: readonly [low: number, high: number] | undefined;
}

/** Shares of a group's width and of a bar's that stay empty. */
const GROUP_GAP = 0.3;
const BAR_GAP = 0.12;
/** Letters of a label that stands aslant. */
const SLANTED_LETTERS = 14;

/** Grouped bars with error bars, as a standalone SVG. */
export function barChart(chart: BarChart): string {
  const { width, height } = frameSize(chart);
  const bars = barsOf(chart);
  const values = bars.flatMap(({ value, ends = [] }) => [value, ...ends]);
  const y = linearScale([0, ...values], { room: height / 50, min: chart.yMin, max: chart.yMax, roundEnds: true });
  const names = plainNames(chart.series.map(({ name }) => name));
  const colors = palette(names.length);
  const groups = Math.max(1, chart.categories.length);
  return renderSvg(chart, {
    ...labelsOf(chart.categories, (width - 86) / groups),
    y,
    grid: false,
    legend: names.map((name, i) => ({ name, color: colors[i]!, mark: "rect" as const })),
    draw(area) {
      const slot = area.width / groups;
      const bar = (slot * (1 - GROUP_GAP)) / (names.length * (1 + BAR_GAP) - BAR_GAP || 1);
      const left = ({ category, series }: Bar) => slot * (category + GROUP_GAP / 2) + series * bar * (1 + BAR_GAP);
      const rects = bars.map((of) => rect(area, y, of.value, left(of), bar, colors[of.series]!));
      const whiskers = bars.flatMap((of) => (of.ends ? [whisker(area, y, of.ends, left(of) + bar / 2, bar)] : []));
      const errors =
        whiskers.length === 0
          ? ""
          : `<path d="${whiskers.join("")}" fill="none" stroke="currentColor" stroke-width="1.4"/>`;
      return { cut: `${rects.join("")}${errors}`, whole: "" };
    },
  });
}

function barsOf({ categories, series }: BarChart): Bar[] {
  return series.flatMap(({ values, errors }, of) =>
    categories.flatMap((_, category) => {
      const [value, error] = [values[category], errors?.[category]];
      if (value === undefined || !isDrawable(value)) return [];
      const ends = typeof error === "number" ? ([value - error, value + error] as const) : error;
      return [{ category, series: of, value, ends: ends?.every(isDrawable) ? ends : undefined }];
    }),
  );
}

function rect(area: Area, y: Scale, value: number, x: number, width: number, color: string): string {
  const within = (of: number) => area.y(Math.min(1, Math.max(0, y.at(of))));
  const [top, bottom] = [within(Math.max(0, value)), within(Math.min(0, value))];
  const size = `width="${round(width)}" height="${round(bottom - top)}"`;
  return `<rect x="${round(x)}" y="${round(top)}" ${size} fill="${color}"/>`;
}

function whisker(area: Area, y: Scale, ends: readonly [number, number], x: number, bar: number): string {
  const [low, high] = ends.map((end) => round(area.y(y.at(end)))) as [number, number];
  const cap = round(Math.min(5, bar / 3));
  const across = (at: number) => `M${round(x - cap)} ${at}h${2 * cap}`;
  return `M${round(x)} ${low}V${high}${across(low)}${across(high)}`;
}

/** Few names wrap under their group; more stand aslant; of too many only some are named. */
function labelsOf(categories: readonly string[], room: number) {
  const at = (i: number) => (i + 0.5) / Math.max(1, categories.length);
  if (room >= 60) {
    const letters = Math.floor((room - 8) / LETTER_WIDTH);
    return { labels: categories.map((name, i) => ({ at: at(i), lines: wrapped(plainText(name), letters) })) };
  }
  const every = Math.ceil(16 / Math.max(1, room));
  const named = categories.flatMap((name, i) =>
    i % every === 0 ? [{ at: at(i), lines: [plainText(name, SLANTED_LETTERS)] }] : [],
  );
  return { labels: named, aslant: true };
}
