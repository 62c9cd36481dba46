import type { Dataset } from "../data/index.ts";
import type { EvalReport } from "../eval/index.ts";
import type { Features } from "../train/index.ts";
import { imageUri } from "./image-uri.ts";
import { nearestImages, queriesOf } from "./neighbours.ts";
import { style } from "./neighbours-style.ts";
import { percent } from "./recall-table.ts";

/** One encoder's column: what it is called, its features of the test images and its Recall@K. */
export interface Column {
  readonly title: string;
  readonly features: Features;
  readonly report: EvalReport;
}

const shown = 8;
const perClass = 2;

/** A self-contained HTML page: queries of every fine class and their nearest neighbours under each encoder. */
export async function neighboursPage(dataset: Dataset, columns: readonly Column[], facts: string): Promise<string> {
  const uris = new Map<number, string>();
  const queries = queriesOf(dataset, perClass);
  const found = queries.map((query) => columns.map(({ features }) => nearestImages(features, query, shown)));
  for (const index of new Set([...queries, ...found.flat(2).map((n) => n.index)])) {
    uris.set(index, await imageUri(dataset, index));
  }
  const image = (index: number, alt: string) => `<img src="${uris.get(index)}" alt="${escapeHtml(alt)}">`;
  const name = (index: number) => dataset.fineClasses?.[dataset.fine?.[index] ?? -1] ?? "?";

  const result = (query: number, { index, similarity }: { index: number; similarity: number }) => {
    const right = name(index) === name(query);
    const label = escapeHtml(name(index));
    return `<li class="${right ? "right" : "wrong"}" title="cosine ${similarity.toFixed(3)}">${image(index, "")}<span><b aria-hidden="true">${right ? "✓" : "✗"}</b><i class="spoken">${right ? "right:" : "wrong:"}</i> ${label}</span></li>`;
  };
  const row = (query: number, column: Column, neighbours: ReturnType<typeof nearestImages>) => {
    const right = neighbours.filter(({ index }) => name(index) === name(query)).length;
    return `<div class="row"><h3>${escapeHtml(column.title)}<small>${right} of ${neighbours.length} right</small></h3><ol>${neighbours.map((n) => result(query, n)).join("")}</ol></div>`;
  };
  const section = (query: number, i: number) =>
    `<section><figure>${image(query, `query: ${name(query)}`)}<figcaption>${escapeHtml(name(query))}<small>trained as “${escapeHtml(dataset.coarseClasses[dataset.coarse[query] ?? -1] ?? "?")}”</small></figcaption></figure><div class="rows">${columns.map((column, c) => row(query, column, found[i]![c]!)).join("")}</div></section>`;

  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>MaskCon: nearest neighbours</title><style>${style}</style></head><body>
<header><h1>Fine classes from coarse labels</h1>
<p>The encoder was trained with ${dataset.coarseClasses.length} coarse labels alone (${escapeHtml(dataset.coarseClasses.join(", "))}). Below, test images it never saw look for their nearest neighbours among all other ${dataset.length - 1} test images. A neighbour is right where it is of the same <em>fine</em> class, which training never knew. The queries are the first ${perClass} test images of each class, not chosen by their result.</p>
${summary(columns)}
<p class="legend"><span class="key right"><b>✓</b> same fine class</span> <span class="key wrong"><b>✗</b> another one</span> <span class="facts">${escapeHtml(facts)}</span></p></header>
<main>${queries.map(section).join("\n")}</main>
</body></html>
`;
}

type Kind = "fine" | "within" | "coarse";

function summary(columns: readonly Column[]): string {
  const rows = [
    ["fine", "Fine Recall@1", "the nearest neighbour is of the same fine class"],
    ["within", "… within the coarse class", "searching only among images of the same coarse class"],
    ["coarse", "Coarse Recall@1", "the nearest neighbour is of the same coarse class"],
  ] as const;
  const best = (kind: Kind) => Math.max(...columns.map(({ report }) => report[kind]?.["1"] ?? 0));
  const cell = (share: number, most: number) => `<td${share === most ? ' class="best"' : ""}>${percent(share)}%</td>`;
  const cells = (kind: Kind) => columns.map(({ report }) => cell(report[kind]?.["1"] ?? 0, best(kind))).join("");
  return `<table><thead><tr><td></td>${columns.map(({ title }) => `<th scope="col">${escapeHtml(title)}</th>`).join("")}</tr></thead><tbody>${rows
    .map(([kind, title, note]) => `<tr><th scope="row">${title}<small>${note}</small></th>${cells(kind)}</tr>`)
    .join("")}</tbody></table>`;
}

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
