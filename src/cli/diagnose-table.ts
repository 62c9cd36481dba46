import type { Diagnosis, MethodMeasure, Proposal, SettingMeasure } from "../diagnose/index.ts";
import { percentText } from "./recall-table.ts";

/** A method a row: distance to the fine relations, what bounds the loss, where the weight falls, how spread it is. */
export function methodTable({ methods, fine }: Diagnosis): string {
  const head = ["targets", "w", "T", "TV", "±", "(2/T0) TV", "own", "same fine", "other", "entropy", "entries"];
  const rows = methods.map((m) => [
    m.method,
    String(m.softWeight),
    temperatureText(m.softTemperature),
    m.totalVariation.toFixed(3),
    (1.96 * m.standardError).toFixed(3),
    m.bound.toFixed(2),
    ...spread(m),
  ]);
  return aligned([head, ...rows, ["fine labels", "", "", "0", "", "0", ...spread(fine)]]);
}

type Spread = Pick<MethodMeasure, "ownWeight" | "sameFineWeight" | "otherWeight" | "entropy" | "effectiveEntries">;

const spread = (m: Spread): string[] => [
  m.ownWeight.toFixed(3),
  m.sameFineWeight.toFixed(3),
  m.otherWeight.toFixed(3),
  m.entropy.toFixed(2),
  m.effectiveEntries.toFixed(1),
];

/** Mean total variation, a row for each checkpoint and a column for each method; the nearest one is marked. */
export function epochTable(
  diagnoses: readonly (Diagnosis & { readonly step: number; readonly epoch: number })[],
): string {
  const methods = diagnoses[0]?.methods ?? [];
  const rows = diagnoses.map(({ epoch, step, nearest, methods }) => [
    String(epoch),
    String(step),
    ...methods.map((m) => `${m.totalVariation.toFixed(3)}${m.method === nearest.method ? "*" : " "}`),
  ]);
  return aligned([["epoch", "step", ...methods.map(({ method }) => `${method} `)], ...rows]);
}

/** Which method is nearest, and whether by more than chance. */
export function nearestLine({ nearest, methods, queries }: Pick<Diagnosis, "nearest" | "methods" | "queries">): string {
  const { method, next, lead, leadStandardError } = nearest;
  const tv = methods.find((m) => m.method === method)?.totalVariation ?? 0;
  const margin = `${lead.toFixed(3)} ± ${(1.96 * leadStandardError).toFixed(3)}`;
  const sure = lead > 1.96 * leadStandardError ? "" : ", within the error";
  return `nearest to the fine labels: ${method}, TV ${tv.toFixed(3)}; ${next} is ${margin} farther (${queries} queries)${sure}`;
}

/** MaskCon by T at w 1, and the nearest setting of all that were tried. */
export function settingsText({ tried, ...best }: Proposal): string {
  const sweep = tried.filter(({ softWeight }) => softWeight === 1);
  const line = [
    ["T", ...sweep.map(({ softTemperature }) => temperatureText(softTemperature))],
    ["TV", ...sweep.map(({ totalVariation }) => totalVariation.toFixed(3))],
  ];
  return `MaskCon at w 1:\n${aligned(line)}\nnearest of all w and T tried: ${settingText(best)}\n`;
}

/** What a few labels propose and how sure that is. */
export function proposalText({ queries, flags, bootstrap: b, ...setting }: Omit<Proposal, "tried">): string {
  const [lowW, highW] = b.softWeight;
  const [lowT, highT] = b.softTemperature.map(temperatureText);
  return [
    `proposed from ${queries} labelled images: ${settingText(setting)}`,
    `in ${b.resamples} resamples of them: w ${lowW} to ${highW}, T ${lowT} to ${highT} (90%); this very setting nearest in ${percentText(b.same)}%`,
    `nearer than supcon in ${percentText(b.aboveSupcon)}%, than selfcon in ${percentText(b.aboveSelfcon)}%`,
    `train with: ${flags}`,
    "near targets need not train best: try it beside what you have (docs/diagnose.md)\n",
  ].join("\n");
}

export const settingText = ({ softWeight, softTemperature, totalVariation }: SettingMeasure): string =>
  `w ${softWeight}, T ${temperatureText(softTemperature)}, TV ${totalVariation.toFixed(3)}`;

const temperatureText = (t: number | null | undefined): string =>
  t === null || t === undefined ? "inf" : String(Number(t.toPrecision(3)));

/** Columns of equal width, the first to the left and the others to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const cell = (text: string, at: number) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!));
  return `${rows.map((row) => row.map(cell).join("  ").trimEnd()).join("\n")}\n`;
}
