import { type Answers, type EvalReport, type FullReport, leftOutLine, type Measures } from "../eval/index.ts";
import { html, type Markup, percent } from "./html.ts";

export const questions = [
  ["fine", "Fine", "the same fine class, searching everywhere"],
  ["within", "Fine, within the coarse class", "the same fine class, searching only the query's coarse class"],
  ["coarse", "Coarse", "the same coarse class, searching everywhere"],
] as const;

export interface Reports {
  readonly frozen?: EvalReport | undefined;
  /** Of a model from a file: its features whitened, which is what training starts with. */
  readonly whitened?: EvalReport | undefined;
  /** Behind such a model: the head that is trained before the model itself. */
  readonly head?: EvalReport | undefined;
  readonly trained?: EvalReport | undefined;
}

export interface FullReports {
  readonly frozen?: FullReport;
  readonly whitened?: FullReport;
  readonly head?: FullReport;
  readonly trained?: FullReport;
  /** Trained less frozen, with intervals of the paired difference. */
  readonly gain?: Answers<Measures>;
}

/** Recall@1 of each kind in large print, with the frozen encoder's beside it. */
export function headline({ frozen, trained }: Reports, { gain }: FullReports): Markup | undefined {
  const cards = questions.flatMap(([kind, title, meaning]) => {
    const share = trained?.[kind]?.["1"];
    if (share === undefined) return [];
    const before = frozen?.[kind]?.["1"];
    const interval = gain?.[kind]?.intervals?.recall["1"];
    const against =
      before !== undefined &&
      html`<p><b class="${gainClass(share - before)}">${signed(share - before)}</b> points over the frozen encoder's ${percent(before)}${interval && html` <span class="interval">(95%: ${signed(interval[0])} to ${signed(interval[1])})</span>`}</p>`;
    return [
      html`<div class="card"><h2>${title}: Recall@1</h2><div class="number">${percent(share)}<span class="unit">%</span></div>${against}<p>How often the nearest neighbour is of ${meaning}.</p></div>`,
    ];
  });
  return cards.length > 0 ? html`<div class="cards">${cards}</div>` : undefined;
}

/** Recall@K of the trained encoder against the frozen one, a block of rows for each kind of label. */
export function recallMarkup({ frozen, whitened, head, trained }: Reports): Markup | undefined {
  const reports = [frozen, whitened, head, trained].filter((report) => report !== undefined);
  const recalls = reports.flatMap((report) => questions.map(([kind]) => Object.keys(report[kind] ?? {})));
  const ks = [...new Set(recalls.flat())].sort((a, b) => Number(a) - Number(b));
  if (ks.length === 0) return undefined;
  const row = (name: string, cell: (k: string) => string) =>
    html`<tr><th scope="row">${name}</th>${ks.map((k) => html`<td>${cell(k)}</td>`)}</tr>`;
  const blocks = questions.flatMap(([kind, title]) => {
    const [before, white, first, after] = [frozen?.[kind], whitened?.[kind], head?.[kind], trained?.[kind]];
    if (!before && !after) return [];
    return [
      html`<tbody>${group(title, ks.length + 1)}${before && row("frozen", (k) => percent(before[k]))}${white && row("whitened", (k) => percent(white[k]))}${first && row("head", (k) => percent(first[k]))}${after && row("trained", (k) => percent(after[k]))}${before && after && row("gain", (k) => signed((after[k] ?? Number.NaN) - (before[k] ?? Number.NaN)))}</tbody>`,
    ];
  });
  const leftOut = leftOutLine(reports.flatMap(({ fine, within, coarse }) => [fine, within, coarse]));
  return html`<div class="wide"><table><caption>Recall@K in percent</caption><thead><tr><th scope="col">encoder</th>${ks.map((k) => html`<th scope="col">R@${k}</th>`)}</tr></thead>${blocks}</table>${leftOut && html`<p>${leftOut}.</p>`}</div>`;
}

/** A row over the whole table that names those below it. */
export const group = (title: string, columns: number): Markup =>
  html`<tr class="group"><th scope="rowgroup" colspan="${columns}">${title}</th></tr>`;

/** Less than what the tables show is neither. */
export const gainClass = (gain: number): string => (gain >= 0.0005 ? "gain" : gain <= -0.0005 ? "loss" : "");

/** A difference of shares in points of percent, with its sign. */
export function signed(difference: number): string {
  if (!Number.isFinite(difference)) return "–";
  const points = (100 * Math.abs(difference)).toFixed(1);
  return points === "0.0" ? "±0.0" : `${difference < 0 ? "−" : "+"}${points}`;
}
