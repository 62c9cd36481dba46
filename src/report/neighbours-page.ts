import type { Dataset } from "../data/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { html, percent } from "./html.ts";
import { page } from "./page.ts";
import { queriesOf } from "./queries.ts";
import { type EncoderRow, retrieval } from "./retrieval.ts";

/** One encoder's column: what it is called, its features of the test images and its Recall@K. */
export interface Column extends EncoderRow {
  readonly report: EvalReport;
}

const SHOWN = 8;
const PER_CLASS = 2;

/** A self-contained HTML page: queries of every fine class and their nearest neighbours under each encoder. */
export async function neighboursPage(dataset: Dataset, columns: readonly Column[], facts: string): Promise<string> {
  const figure = await retrieval(dataset, columns, {
    ...{ queries: queriesOf(dataset, PER_CLASS), shown: SHOWN, coarseTrained: true },
  });
  const body = html`<header><h1>Fine classes from coarse labels</h1>
<p>The encoder was trained with ${dataset.coarseClasses.length} coarse labels alone (${dataset.coarseClasses.join(", ")}). Below, test images it never saw look for their nearest neighbours among all other ${dataset.length - 1} test images. A neighbour is right where it is of the same <em>fine</em> class, which training never knew. The queries are the first ${PER_CLASS} test images of each class, not chosen by their result.</p>
${summary(columns)}
${neighboursLegend}<p class="facts">${facts}</p></header>
<main><h2 class="spoken">Queries</h2>${figure}</main>`;
  return page({ title: "MaskCon: nearest neighbours", body });
}

export const neighboursLegend = html`<p class="legend"><span class="key right"><b aria-hidden="true">✓</b> same class</span> <span class="key wrong"><b aria-hidden="true">✗</b> another one</span></p>`;

type Kind = "fine" | "within" | "coarse";

function summary(columns: readonly Column[]) {
  const rows = [
    ["fine", "Fine Recall@1", "the nearest neighbour is of the same fine class"],
    ["within", "… within the coarse class", "searching only among images of the same coarse class"],
    ["coarse", "Coarse Recall@1", "the nearest neighbour is of the same coarse class"],
  ] as const;
  const best = (kind: Kind) => Math.max(...columns.map(({ report }) => report[kind]?.["1"] ?? 0));
  const cell = (share: number, most: number) =>
    html`<td${share === most && html` class="best"`}>${percent(share)}%</td>`;
  return html`<table><caption class="spoken">Recall@1 of each encoder</caption><thead><tr><td></td>${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows.map(
    ([kind, title, note]) =>
      html`<tr><th scope="row">${title}<small>${note}</small></th>${columns.map(({ report }) => cell(report[kind]?.["1"] ?? 0, best(kind)))}</tr>`,
  )}</tbody></table>`;
}
