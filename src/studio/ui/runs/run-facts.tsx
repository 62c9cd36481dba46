import { differingSettings, type FollowedRun } from "./followed-run.ts";
import { SeriesMark } from "./series-mark.tsx";

/** A followed run and the place that decides its colour. */
export interface ShownRun {
  readonly title: string;
  readonly place: number;
  readonly run: FollowedRun;
}

/** The legend: which line is which run, how far it is, and the settings in which the runs differ. */
export function RunFacts({ runs }: { readonly runs: readonly ShownRun[] }) {
  const differing = differingSettings(runs.map(({ run }) => run));
  return (
    <>
      {runs.flatMap(({ title, run }) =>
        run.problems.map((problem) => (
          <p key={`${title} ${problem}`} class="problem">
            {title}: {problem}
          </p>
        )),
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys */}
      <section class="run-facts" tabIndex={0} aria-label="The chosen runs, and the settings in which they differ">
        <table>
          <thead>
            <tr>
              <td />
              {runs.map(({ title, place }) => (
                <th key={title} scope="col">
                  <SeriesMark place={place} /> {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row name="progress" values={runs.map(({ run }) => progressOf(run))} />
            {differing.map(({ name, values }) => (
              <Row key={name} name={name} values={values.map((value) => value ?? "–")} />
            ))}
          </tbody>
        </table>
      </section>
      {runs.length > 1 && differing.length === 0 && <p>All settings are the same.</p>}
    </>
  );
}

function Row({ name, values }: { readonly name: string; readonly values: readonly string[] }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      {values.map((value, place) => (
        <td key={place}>{value}</td>
      ))}
    </tr>
  );
}

function progressOf({ step, steps, state, left }: FollowedRun): string {
  const reading = left > 0 ? `, ${(left / 2 ** 20).toFixed(0)} MB left to read` : "";
  return `step ${step.toLocaleString("en")}${steps === null ? "" : ` of ${steps.toLocaleString("en")}`}, ${state}${reading}`;
}
