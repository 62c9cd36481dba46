import { plotEpochs } from "../diagnose/index.ts";
import type { DiagnoseEvent, RunMetrics } from "../run/index.ts";
import { grouped, html, type Markup, trusted } from "./html.ts";

/** How near each method's targets came to the fine labels while the run went on; undefined where it was not diagnosed twice. */
export function targets({ diagnoses, starts }: RunMetrics): Markup | undefined {
  const last = diagnoses.at(-1);
  const comparable = ordered(diagnoses).filter((event) => last && methodsOf(event) === methodsOf(last));
  if (!last || comparable.length < 2) return undefined;
  const perEpoch = starts.at(-1)?.stepsPerEpoch || 1;
  const rows = comparable.map((event) => ({ ...event, epoch: event.step / perEpoch }));
  return html`<p>The total variation (half the sum of absolute differences) between each method's targets on this run's keys and those that the fine labels would give, mean of ${grouped(last.queries)} queries with its 95% interval: 0 is the fine labels themselves, 1 is nothing in common.</p><figure class="chart alone">${trusted(plotEpochs("Targets and fine labels", rows))}</figure>`;
}

/** One event a step, in rising order. */
function ordered(diagnoses: readonly DiagnoseEvent[]): DiagnoseEvent[] {
  const byStep = new Map(diagnoses.map((event) => [event.step, event]));
  return [...byStep.values()].sort((a, b) => a.step - b.step);
}

const methodsOf = ({ methods }: DiagnoseEvent): string => methods.map(({ method }) => method).join();
