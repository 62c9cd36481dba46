import type { ClassReport, FullReport, Measures } from "../eval/index.ts";
import { breakable, grouped, html, type Markup, percent } from "./html.ts";
import { type FullReports, gainClass, group, questions, signed } from "./recall.ts";

/** The most rows of a table that is still readable. */
const MOST_CLASSES = 100;

const columns: readonly (readonly [name: string, value: (measures: Measures) => number | undefined])[] = [
  ["R@1", ({ recall }) => recall["1"]],
  ["P@10", ({ precision }) => precision["10"]],
  ["MAP@R", ({ mapAtR }) => mapAtR],
  ["k-NN", ({ knn }) => knn],
  ["NMI", ({ nmi }) => nmi],
  ["ARI", ({ ari }) => ari],
];

/** The other measures of retrieval and of clustering, of each encoder. */
export function measuresMarkup({ frozen, whitened, head, trained }: FullReports): Markup | undefined {
  const encoders = [
    ["frozen", frozen],
    ["whitened", whitened],
    ["head", head],
    ["trained", trained],
  ] as const;
  const row = (name: string, measures: Measures) =>
    html`<tr><th scope="row">${name}</th>${columns.map(([title, value]) => html`<td>${percent(value(measures))}${title === "R@1" && interval(measures)}</td>`)}</tr>`;
  const blocks = questions.flatMap(([kind, title]) => {
    const rows = encoders.flatMap(([name, report]) => (report?.[kind] ? [row(name, report[kind])] : []));
    return rows.length > 0 ? [html`<tbody>${group(title, columns.length + 1)}${rows}</tbody>`] : [];
  });
  if (blocks.length === 0) return undefined;
  return html`<div class="wide"><table><caption>Other measures in percent: precision@10, MAP@R, weighted 20-nearest-neighbour accuracy, and NMI and ARI of k-means at the true number of classes</caption><thead><tr><th scope="col">encoder</th>${columns.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>${blocks}</table></div>`;
}

function interval(measures: Measures): Markup | undefined {
  const ends = measures.intervals?.recall["1"];
  return ends && html`<small>${percent(ends[0])} to ${percent(ends[1])}</small>`;
}

/** Each coarse class by itself: how well its fine classes are separated. */
export function classMarkup({ frozen, trained }: FullReports, classes: readonly string[]): Markup | undefined {
  const report = trained ?? frozen;
  if (!report || report.perClass.length < 2) return undefined;
  const kind = report.within ? "within" : "coarse";
  const before = new Map(frozen?.perClass.map((row) => [row.coarseClass, row]));
  const shown = report.perClass.slice(0, MOST_CLASSES);
  const rows = shown.map((row) => {
    const [now, then] = [trained && row[kind], before.get(row.coarseClass)?.[kind]];
    const share = (measures: Measures | undefined) => measures?.recall["1"];
    const gain = (share(now) ?? Number.NaN) - (share(then) ?? Number.NaN);
    return html`<tr><th scope="row">${breakable(classes[row.coarseClass] ?? `${row.coarseClass}`)}</th><td>${grouped(row.images)}</td>${report.within && html`<td>${row.fineClasses ?? "–"}</td>`}<td>${percent(share(then))}</td><td>${percent(share(now))}${now && interval(now)}</td><td class="${gainClass(gain)}">${signed(gain)}</td>${report.within && html`<td>${percent(share(row.fine))}</td><td>${percent(share(row.coarse))}</td>`}</tr>`;
  });
  return html`<div class="wide"><table><caption>${caption(report, kind, shown)}</caption><thead><tr><th scope="col">coarse class</th><th scope="col">images</th>${report.within && html`<th scope="col">fine classes</th>`}<th scope="col">frozen</th><th scope="col">trained</th><th scope="col">gain</th>${report.within && html`<th scope="col">fine R@1</th><th scope="col">coarse R@1</th>`}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

function caption(report: FullReport, kind: "within" | "coarse", shown: readonly ClassReport[]): string {
  const what = kind === "within" ? "Fine Recall@1 within each coarse class" : "Coarse Recall@1 of each class";
  const rest = report.perClass.length - shown.length;
  const which = rest > 0 ? `; the first ${shown.length} of ${report.perClass.length} classes` : "";
  return `${what}, in percent with 95% intervals${which}`;
}
