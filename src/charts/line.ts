import { type Area, type Frame, frameSize, renderSvg } from "./frame.ts";
import { markAt, marks } from "./legend.ts";
import { palette } from "./palette.ts";
import { isAboveZero, isDrawable, linearScale, logScale, type Scale } from "./scale.ts";
import { plainNames, round, shortNumber } from "./text.ts";

export type Point = readonly [x: number, y: number];

export interface LineSeries {
  readonly name: string;
  /** In rising x; a value that is not finite makes a gap. */
  readonly points: readonly Point[];
  /** A shaded range around the line, as [x, low, high] in rising x. */
  readonly band?: readonly (readonly [x: number, low: number, high: number])[];
}

interface LineChart extends Frame {
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
const MARKED_POINTS = 24;

/** Lines over a numeric axis, as a standalone SVG. Series differ by colour, and by dash and mark as well. */
export function lineChart(chart: LineChart): string {
  const fits = chart.logX ? isAboveZero : isDrawable;
  const series = chart.series.map(({ points, band = [] }) => ({
    points: points.filter(([x]) => fits(x)),
    band: band.filter((row) => fits(row[0]) && row.every(isDrawable)),
  }));
  const { x, y } = scalesOf(chart, series);
  const names = plainNames(chart.series.map(({ name }) => name));
  const looks = palette(series.length).map((color, i) => {
    return { color, mark: marks[i % marks.length]!, dash: dashes[i % dashes.length]! };
  });
  return renderSvg(chart, {
    y,
    labels: x.ticks.map((tick) => ({ at: x.at(tick), lines: [shortNumber(tick)] })),
    grid: true,
    legend: names.map((name, i) => ({ name, ...looks[i]! })),
    draw(area) {
      const place = placer(area, x, y);
      const bands = series.map(({ band }, i) => bandPath(band, looks[i]!.color, place));
      const lines = series.map(({ points }, i) => linePath(points, looks[i]!, place));
      const dots = series.map(({ points }, i) => {
        const { mark, color } = looks[i]!;
        const shown = points.filter(([, value]) => y.at(value) >= 0 && y.at(value) <= 1);
        return points.length > MARKED_POINTS ? "" : shown.map((point) => markAt(mark, color, place(point))).join("");
      });
      return { cut: [...bands, ...lines].join(""), whole: dots.join("") };
    },
  });
}

type Drawn = readonly Required<Omit<LineSeries, "name">>[];

/** Measured curves end where the data ends, without an empty stretch behind them. */
function scalesOf(chart: LineChart, series: Drawn): { x: Scale; y: Scale } {
  const { width, height } = frameSize(chart);
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = series.flatMap(({ points, band }) => [
    ...points.map(([, y]) => y).filter(isDrawable),
    ...band.flatMap(([, low, high]) => [low, high]),
  ]);
  const end = Math.max(...xs);
  const min = chart.xMin !== undefined && chart.xMin < end ? { min: chart.xMin } : {};
  return {
    x: (chart.logX ? logScale : linearScale)(xs, { room: width / 75, ...(chart.logX ? {} : min) }),
    y: linearScale(ys, { room: height / 50, min: chart.yMin, max: chart.yMax, roundEnds: true }),
  };
}

type Place = (point: Point) => Point;

const placer =
  (area: Area, x: Scale, y: Scale): Place =>
  ([a, b]) => [area.x(x.at(a)), area.y(y.at(b))];

const to = (point: Point) => point.map(round).join(" ");

function linePath(points: readonly Point[], { color, dash }: Look, place: Place): string {
  let command = "M";
  const d = points.flatMap((point) => {
    if (!isDrawable(point[1])) {
      command = "M";
      return [];
    }
    const step = `${command}${to(place(point))}`;
    command = "L";
    return [step];
  });
  const pattern = dash === "solid" ? "" : ` stroke-dasharray="${dash.join(" ")}"`;
  if (d.length === 0) return "";
  return `<path d="${d.join("")}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"${pattern}/>`;
}

interface Look {
  readonly color: string;
  readonly dash: (typeof dashes)[number];
}

function bandPath(band: NonNullable<LineSeries["band"]>, color: string, place: Place): string {
  if (band.length < 2) return "";
  const low = band.map(([x, y]) => to(place([x, y])));
  const high = band.map(([x, , y]) => to(place([x, y]))).reverse();
  return `<path d="M${[...low, ...high].join("L")}z" fill="${color}" opacity="0.18"/>`;
}
