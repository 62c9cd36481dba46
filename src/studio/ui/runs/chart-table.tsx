import { useState } from "preact/hooks";
import type { ChartProps } from "./chart-series.ts";
import { valueAt } from "./followed-run.ts";

/** Rows of the table of points: the curve in words, not all of it. */
const MOST_ROWS = 30;

/** The numbers of a chart, for who does not see it. */
export function ChartTable(props: ChartProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Numbers <span class="hidden">of {props.title}</span>
      </summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys
        <section class="numbers" tabIndex={0} aria-label={`Numbers of ${props.title}`}>
          <Extremes {...props} />
          <Points {...props} />
        </section>
      )}
    </details>
  );
}

function Extremes({ title, over, series, show }: ChartProps) {
  const at = (xs: readonly number[], values: readonly number[], place: number) =>
    `${show(values[place]!)} at ${Number(xs[place]!.toFixed(2))}`;
  return (
    <table>
      <caption>
        {title}: value at {over}
      </caption>
      <thead>
        <tr>
          {["run", "first", "lowest", "highest", "last"].map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {series.map(({ name, xs, values }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{at(xs, values, 0)}</td>
            <td>{at(xs, values, values.indexOf(Math.min(...values)))}</td>
            <td>{at(xs, values, values.indexOf(Math.max(...values)))}</td>
            <td>{at(xs, values, values.length - 1)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Points({ title, over, series, show }: ChartProps) {
  const xs = [...new Set(series.flatMap((one) => one.xs))].sort((a, b) => a - b);
  const every = (xs.length - 1) / (MOST_ROWS - 1);
  const rows = xs.length <= MOST_ROWS ? xs : Array.from({ length: MOST_ROWS }, (_, i) => xs[Math.round(i * every)]!);
  return (
    <table>
      <caption>
        {title} over {over}s
      </caption>
      <thead>
        <tr>
          <th scope="col">{over}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((x) => (
          <tr key={x}>
            <th scope="row">{Number(x.toFixed(2))}</th>
            {series.map((one) => {
              const value = x > one.xs.at(-1)! ? undefined : valueAt(one.xs, one.values, x);
              return <td key={one.name}>{value === undefined ? "–" : show(value)}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
