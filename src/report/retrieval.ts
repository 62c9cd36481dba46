import type { Dataset } from "../data/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import type { Features } from "../run/index.ts";
import { breakable, html, type Markup } from "./html.ts";
import { pictures } from "./pictures.ts";

/** One encoder's row of neighbours: what it is called and its features of the images. */
export interface EncoderRow {
  readonly title: string;
  readonly features: Features;
}

interface RetrievalOptions {
  readonly queries: readonly number[];
  /** Neighbours shown in a row. */
  readonly shown: number;
  /** Whether the encoder was trained with the coarse labels, which are then shown beside the fine ones. */
  readonly coarseTrained: boolean;
  readonly threads?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The paper's figure: each query with its nearest neighbours under every encoder, right and wrong marked. */
export async function retrieval(
  dataset: Dataset,
  encoders: readonly EncoderRow[],
  { coarseTrained, ...options }: RetrievalOptions,
): Promise<Markup> {
  const { queries, shown, signal } = options;
  const found: Neighbour[][][] = [];
  for (const { features } of encoders) found.push(await neighboursOf(features, options));
  const picture = await pictures(dataset, [...queries, ...found.flat(2).map(({ index }) => index)], signal);
  const name = (index: number) => classOf(dataset, index);
  const sizes = new Map<string, number>();
  for (let index = 0; index < dataset.length; index++) sizes.set(name(index), (sizes.get(name(index)) ?? 0) + 1);

  const result = (query: number, { index, similarity }: Neighbour) => {
    const right = name(index) === name(query);
    const word = right ? "right" : "wrong";
    return html`<li class="${word}" title="${name(index)}, cosine ${similarity.toFixed(3)}">${picture(index, "")}<span class="name"><b aria-hidden="true">${right ? "✓" : "✗"}</b><i class="spoken">${word}:</i> ${breakable(shortName(dataset, index))}</span></li>`;
  };
  const row = (query: number, title: string, neighbours: readonly Neighbour[]) => {
    const right = neighbours.filter(({ index }) => name(index) === name(query)).length;
    const others = sizes.get(name(query))! - 1;
    const most = others < neighbours.length ? `${others} possible` : `${neighbours.length} right`;
    return html`<div class="row"><h3>${title}<small>${right} of ${most}</small></h3><ol class="shown-${shown}">${neighbours.map((n) => result(query, n))}</ol></div>`;
  };
  return html`${queries.map(
    (query, i) =>
      html`<article class="query"><figure>${picture(query, `query: ${name(query)}`)}<figcaption>${breakable(name(query))}${dataset.fine && coarseTrained && html`<small>trained as “${breakable(coarseOf(dataset, query))}”</small>`}</figcaption></figure><div class="rows">${encoders.map(({ title }, c) => row(query, title, found[c]![i]!))}</div></article>`,
  )}`;
}

interface Neighbour {
  readonly index: number;
  /** Cosine similarity to the query. */
  readonly similarity: number;
}

/** Each query's neighbours, the nearest first. */
async function neighboursOf(features: Features, o: Omit<RetrievalOptions, "coarseTrained">): Promise<Neighbour[][]> {
  const { shown, ...search } = o;
  const { count, rows, similarities } = await nearestNeighbours({ ...features, ...search, count: shown });
  return o.queries.map((_, query) => {
    const first = query * count;
    const own = [...rows.subarray(first, first + count)];
    return own.map((index, place) => ({ index, similarity: similarities[first + place]! }));
  });
}

const coarseOf = (dataset: Dataset, index: number) => dataset.coarseClasses[dataset.coarse[index] ?? -1] ?? "?";

/** The finest class known of an image. */
function classOf(dataset: Dataset, index: number): string {
  return dataset.fine ? (dataset.fineClasses?.[dataset.fine[index] ?? -1] ?? "?") : coarseOf(dataset, index);
}

/** Without the coarse class before it, as a folder's fine classes of equal names have it: there is little room. */
function shortName(dataset: Dataset, index: number): string {
  const [name, before] = [classOf(dataset, index), `${coarseOf(dataset, index)}/`];
  return name.startsWith(before) ? name.slice(before.length) : name;
}
