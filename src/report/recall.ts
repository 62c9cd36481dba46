import type { EvalReport } from "../eval/index.ts";
import { html, type Markup, percent } from "./html.ts";

const kinds = [
  ["fine", "Fine", "the same fine class, searching everywhere"],
  ["within", "Within", "the same fine class, searching only the query's coarse class"],
  ["coarse", "Coarse", "the same coarse class"],
] as const;

export interface Reports {
  readonly frozen?: EvalReport | undefined;
  readonly trained?: EvalReport | undefined;
}

/** Recall@1 of each kind in large print, with the frozen encoder's beside it. */
export function headline({ frozen, trained }: Reports): Markup | undefined {
  const cards = kinds.flatMap(([kind, title, meaning]) => {
    const share = trained?.[kind]?.["1"];
    if (share === undefined) return [];
    const before = frozen?.[kind]?.["1"];
    return [
      html`<div class="card"><dt>${title} Recall@1</dt><dd>${percent(share)}<small class="unit">%</small></dd><p>${before !== undefined && html`<b class="${share >= before ? "gain" : "loss"}">${signed(share - before)}</b> points over the frozen ${percent(before)}. `}The nearest neighbour is of ${meaning}.</p></div>`,
    ];
  });
  return cards.length > 0 ? html`<dl class="cards">${cards}</dl>` : undefined;
}

/** Recall@K of the trained encoder against the frozen one, a table for each kind of label. */
export function recallTables({ frozen, trained }: Reports): Markup | undefined {
  const tables = kinds.flatMap(([kind, title, meaning]) => {
    const [before, after] = [frozen?.[kind], trained?.[kind]];
    const ks = Object.keys(after ?? before ?? {});
    if (ks.length === 0) return [];
    const row = (name: string, cell: (k: string) => string) =>
      html`<tr><th scope="row">${name}</th>${ks.map((k) => html`<td>${cell(k)}</td>`)}</tr>`;
    return [
      html`<div class="wide"><table><caption>${title}: ${meaning} (Recall@K, %)</caption><thead><tr><th scope="col">encoder</th>${ks.map((k) => html`<th scope="col">R@${k}</th>`)}</tr></thead><tbody>${before && row("frozen", (k) => percent(before[k]))}${after && row("trained", (k) => percent(after[k]))}${before && after && row("gain", (k) => signed((after[k] ?? Number.NaN) - (before[k] ?? Number.NaN)))}</tbody></table></div>`,
    ];
  });
  return tables.length > 0 ? html`${tables}` : undefined;
}

/** A difference of shares in points of percent, with its sign. */
export function signed(difference: number): string {
  if (!Number.isFinite(difference)) return "–";
  const points = (100 * Math.abs(difference)).toFixed(1);
  return points === "0.0" ? "±0.0" : `${difference < 0 ? "−" : "+"}${points}`;
}
