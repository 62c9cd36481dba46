import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import type { ChartProps, ChartSeries } from "./chart-series.ts";
import { ChartTable } from "./chart-table.tsx";
import { valueAt } from "./followed-run.ts";
import { dashOf, SeriesMark } from "./series-mark.tsx";

const HEIGHT = 240;

/** Curves of several runs; the arrow keys move a cursor, and its values are said. */
export function RunChart(props: ChartProps) {
  const { title, over, series, show } = props;
  const [x, setX] = useState<number>();
  const { box, plot } = usePlot(props, setX);
  const onKeyDown = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -1e9, End: 1e9 }[event.key];
    if (by === undefined || !plot.current) return;
    event.preventDefault();
    moveCursor(plot.current, by);
  };
  const xs = series.flatMap((one) => [one.xs[0]!, one.xs.at(-1)!]);
  const values = series.map((one) => ({ ...one, value: x === undefined ? undefined : valueAt(one.xs, one.values, x) }));
  const place = x === undefined ? "" : ` at ${over} ${Number(x.toFixed(2))}`;
  return (
    <figure class="chart">
      <h3>{title}</h3>
      <div
        ref={box}
        tabIndex={0}
        role="slider"
        aria-label={`${title}, cursor`}
        aria-valuemin={Math.min(...xs)}
        aria-valuemax={Math.max(...xs)}
        aria-valuenow={x ?? Math.min(...xs)}
        aria-valuetext={values.map(({ name, value }) => `${name} ${shown(value, show)}`).join(", ") + place}
        onKeyDown={onKeyDown}
      />
      <p class="readout">
        {x !== undefined &&
          values.map(({ name, place, value }) => (
            <span key={name}>
              <SeriesMark place={place} /> {shown(value, show)}
            </span>
          ))}
        {place}
      </p>
      <ChartTable {...props} />
    </figure>
  );
}

const shown = (value: number | undefined, show: (value: number) => string): string =>
  value === undefined ? "–" : show(value);

function moveCursor(plot: uPlot, by: number): void {
  const xs = plot.data[0];
  const place = Math.min(xs.length - 1, Math.max(0, (plot.cursor.idx ?? (by > 0 ? -1 : xs.length)) + by));
  if (xs.length > 0) plot.setCursor({ left: plot.valToPos(xs[place]!, "x"), top: HEIGHT / 3 });
}

/** A plot that lives as long as its runs stay the same; new points go into it. */
function usePlot({ over, series, show }: ChartProps, setX: (x: number | undefined) => void) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const key = JSON.stringify([over, series.map(({ name, place }) => [name, place])]);
  // The key stands for the runs; their points come below. What an effect leaves behind goes later than the element does, and
  // the observer would still see it shrink.
  useLayoutEffect(() => {
    const options = plotOptions({ over, series, show, setX, width: box.current!.clientWidth });
    const made = new uPlot(options, aligned(series), box.current!);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: box.current!.clientWidth, height: HEIGHT }));
    observer.observe(box.current!);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redraw = () => made.redraw();
    scheme.addEventListener("change", redraw);
    return () => {
      scheme.removeEventListener("change", redraw);
      observer.disconnect();
      made.destroy();
      setX(undefined);
    };
  }, [key]);
  useEffect(() => plot.current?.setData(aligned(series)), [series]);
  return { box, plot };
}

/** Points of all runs over the steps of any. */
const aligned = (series: readonly ChartSeries[]): uPlot.AlignedData =>
  uPlot.join(series.map(({ xs, values }) => [[...xs], [...values]] as uPlot.AlignedData));

interface PlotParts extends Omit<ChartProps, "title"> {
  readonly setX: (x: number | undefined) => void;
  readonly width: number;
}

function plotOptions({ over, series, show, setX, width }: PlotParts): uPlot.Options {
  const axis = { stroke: () => colour("--faint"), grid: gridLines(), ticks: gridLines() };
  return {
    ...{ width, height: HEIGHT },
    legend: { show: false },
    // Marking a stretch would zoom, and no key takes that back.
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, label: over, labelSize: 18, size: 34 },
      { ...axis, size: 64, values: (_, at) => at.map(show) },
    ],
    series: [
      {},
      ...series.map(({ place }) => ({
        ...{ width: 2, spanGaps: true, dash: dashOf(place), stroke: () => colour(`--series-${place + 1}`) },
        points: { fill: () => colour("--ground") },
      })),
    ],
    hooks: { setCursor: [({ cursor: { idx }, data }) => setX(idx == null ? undefined : data[0][idx])] },
  };
}

const gridLines = () => ({ stroke: () => colour("--line"), width: 1 });

/** The value of a variable of the style, which follows light and dark. */
const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
