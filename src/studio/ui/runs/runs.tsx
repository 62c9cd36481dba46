import { useId, useMemo, useState } from "preact/hooks";
import type { Studio } from "../use-studio.ts";
import { RunChart } from "./chart.tsx";
import type { ChartSeries } from "./chart-series.ts";
import { RunFacts, type ShownRun } from "./run-facts.tsx";
import { RunChoices } from "./run-list.tsx";
import { useChosenRuns, useFollowedRuns, useRunList } from "./use-runs.ts";

const percent = (value: number): string => `${Number((100 * value).toFixed(2))}%`;
const short = (value: number): string => String(Number(value.toPrecision(4)));
const ks = ["1", "2", "5", "10"];

/** What is drawn of a run. `K` in a curve's name is the chosen one. */
const charts: readonly { readonly title: string; readonly curve: string; readonly show: (value: number) => string }[] =
  [
    { title: "Loss", curve: "loss", show: short },
    { title: "Fine Recall@K", curve: "fine@K", show: percent },
    { title: "Fine Recall@K within the coarse class", curve: "within@K", show: percent },
    { title: "Coarse Recall@K", curve: "coarse@K", show: percent },
    { title: "Targets and fine labels: total variation", curve: "targets", show: short },
    { title: "Learning rate", curve: "learningRate", show: short },
    { title: "Images a second", curve: "imagesPerSecond", show: short },
    { title: "Gradient norm", curve: "gradientNorm", show: short },
  ];

/** Curves of runs while they train, several over one another. */
export function Runs({ studio }: { readonly studio: Studio }) {
  const list = useRunList(studio);
  const { chosen, toggle } = useChosenRuns(studio, list);
  const followed = useFollowedRuns(studio, chosen);
  if (!list) return <p class="loading">Reading the runs …</p>;
  if (list.folder === null) {
    return (
      <p class="loading">
        Start <code>maskcon studio COLLECTION --runs DIR</code> to see the curves of the runs in a folder.
      </p>
    );
  }
  const shown = chosen.flatMap((name, place): ShownRun[] => {
    const run = name === undefined ? undefined : followed.get(name);
    return run ? [{ title: list.runs.find((entry) => entry.name === name)?.title ?? name!, place, run }] : [];
  });
  return (
    <div class="runs">
      <RunChoices {...{ list, chosen, toggle }} />
      {shown.length > 0 ? (
        <Curves runs={shown} />
      ) : (
        <p class="loading">Choose runs: Space checks one, the arrow keys go on to the next.</p>
      )}
    </div>
  );
}

function Curves({ runs }: { readonly runs: readonly ShownRun[] }) {
  const [over, setOver] = useState("step");
  const [k, setK] = useState("1");
  return (
    <div class="curves">
      <h2 class="hidden">Curves</h2>
      <fieldset class="filters" aria-label="Charts">
        <Select {...{ label: "over", values: ["step", "epoch"], value: over, choose: setOver }} />
        <Select {...{ label: "K", values: ks, value: k, choose: setK }} />
      </fieldset>
      <RunFacts runs={runs} />
      <div class="charts">
        {charts.map(({ title, curve, show }) => (
          <CurveChart
            key={title}
            {...{ runs, over, show }}
            title={title.replace("@K", `@${k}`)}
            curve={curve.replace("K", k)}
          />
        ))}
      </div>
    </div>
  );
}

interface CurveChartProps {
  readonly runs: readonly ShownRun[];
  readonly title: string;
  readonly curve: string;
  readonly over: string;
  readonly show: (value: number) => string;
}

/** One chart; none where no run has the curve. */
function CurveChart({ runs, curve, over, ...rest }: CurveChartProps) {
  const series = useMemo(() => seriesOf(runs, curve, over), [runs, curve, over]);
  return series.length > 0 ? <RunChart {...{ series, over, ...rest }} /> : null;
}

function seriesOf(runs: readonly ShownRun[], curve: string, over: string): ChartSeries[] {
  return runs.flatMap(({ title, place, run }) => {
    const points = run.curves.get(curve);
    if (!points) return [];
    const perEpoch = over === "epoch" ? (run.stepsPerEpoch ?? 1) : 1;
    const xs = perEpoch === 1 ? points.steps : points.steps.map((step) => step / perEpoch);
    return [{ name: title, place, xs, values: points.values }];
  });
}

interface SelectProps {
  readonly label: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly choose: (value: string) => void;
}

function Select({ label, values, value, choose }: SelectProps) {
  const id = useId();
  return (
    <span class="choice">
      <label for={id}>{label}</label>
      <select {...{ id, value }} onChange={(event) => choose(event.currentTarget.value)}>
        {values.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </span>
  );
}
