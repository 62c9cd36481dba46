import { shareText } from "./formula.tsx";
import type { SoftTargets, TargetsMeasure } from "./soft-targets.ts";

/** One method's targets of the image. */
export interface MethodTargets {
  readonly title: string;
  readonly targets: SoftTargets;
  readonly measure: TargetsMeasure;
}

type MeasureRow = readonly [name: string, show: (method: MethodTargets) => string];

const unknown: MeasureRow = ["fine class not known", ({ measure }) => shareText(measure.unknown)];

/** Where each method puts the weight. */
export function MethodsTable({ methods }: { readonly methods: readonly MethodTargets[] }) {
  const rows: readonly MeasureRow[] = [
    ["own key", ({ targets }) => shareText(targets.own)],
    ["same fine class", ({ measure }) => shareText(measure.sameFine)],
    ["other fine classes", ({ measure }) => shareText(measure.otherFine)],
    ...(methods.some(({ measure }) => measure.unknown > 0) ? [unknown] : []),
    ["effective number of positives", ({ measure }) => measure.effectiveEntries.toFixed(1)],
    [
      "distance to the targets of the fine labels (0 to 1)",
      ({ measure: { totalVariation } }) => totalVariation?.toFixed(3) ?? "not known",
    ],
  ];
  return (
    <table class="methods">
      <caption>Weight of the targets</caption>
      <thead>
        <tr>
          <td />
          {methods.map(({ title }) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, show]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {methods.map((method) => (
              <td key={method.title}>{show(method)}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
