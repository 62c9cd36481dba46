import { type Collection, labelsAt, liveCount, thumbnailUris, type VectorKind } from "../collection/index.ts";
import { breakable, html, type Markup, page, trusted } from "../report/index.ts";
import type { SearchResult } from "./search.ts";

/**
 * What one encoder found.
 * @inline
 */
interface FoundBy {
  readonly by: VectorKind;
  readonly results: readonly SearchResult[];
}

/** What `searchPage` shows. */
export interface SearchPage {
  readonly collection: Collection;
  /** The query in words. */
  readonly title: string;
  /** Its row, where it is an image of the collection. */
  readonly position?: number | undefined;
  /** A data URI of it, where it is another image. */
  readonly picture?: string | undefined;
  /** The filters, in words. */
  readonly where?: string | undefined;
  /** What each encoder found, one row of pictures each. */
  readonly found: readonly FoundBy[];
}

/** Beside the style of every page: a border says something only where the query's class is known. */
const STYLE =
  ".row li small { font-size: .7rem; white-space: nowrap; } li.plain img { border-color: var(--line); } .row h2 { margin: .35rem 0 0; font-size: .95rem; }";

const titles: Readonly<Record<VectorKind, string>> = { trained: "Trained", frozen: "Frozen" };

/** A query and what was found, with pictures, as one HTML file that asks for nothing else and runs no script. */
export async function searchPage(o: SearchPage): Promise<string> {
  const { collection, title, position, where, found } = o;
  const { rows } = collection;
  const shown = [
    ...found.flatMap(({ results }) => results.map((result) => result.position)),
    ...(position === undefined ? [] : [position]),
  ];
  const pictures = await picturesOf(collection, shown);
  const own = position === undefined ? undefined : classOf(collection, position);
  const item = ({ id, position: at, score }: SearchResult) => {
    const name = classOf(collection, at);
    const word = own === undefined || name === undefined ? "plain" : name === own ? "right" : "wrong";
    const mark = { plain: "", right: "✓", wrong: "✗" }[word];
    return html`<li class="${word}" title="${rows.names[at]!}">${pictures(at)}<span class="name"><b aria-hidden="true">${mark}</b>${word !== "plain" && html`<i class="spoken">${word}:</i>`} ${breakable(name ?? "no class")}</span><small>${score.toFixed(3)} · ${id}</small></li>`;
  };
  const row = ({ by, results }: FoundBy) =>
    html`<div class="row"><h2>${titles[by]}</h2>${
      results.length > 0
        ? html`<ol class="shown-10">${results.map(item)}</ol>`
        : html`<p>No image passes the filter.</p>`
    }</div>`;
  const figure = html`<figure>${position === undefined ? picture(o.picture) : pictures(position)}${own !== undefined && html`<figcaption>${breakable(own)}</figcaption>`}</figure>`;
  const body = html`<style>${trusted(STYLE)}</style><header><h1>${title}</h1>
<p class="facts">The images most like it among ${liveCount(rows)}, by cosine; under each its class, similarity and id. “Frozen” is the encoder before training.${where !== undefined && html` Only ${where}.`}</p></header>
<main><article class="query">${figure}<div class="rows">${found.map(row)}</div></article></main>`;
  return page({ title: `${title}: maskcon search`, body });
}

/** The finest class known of a row. */
function classOf({ rows }: Collection, position: number): string | undefined {
  const { fine, coarse } = labelsAt(rows, position);
  return fine ?? coarse ?? undefined;
}

async function picturesOf(collection: Collection, positions: readonly number[]): Promise<(position: number) => Markup> {
  const uris = await thumbnailUris(collection, positions);
  return (position) => picture(uris.get(position));
}

const picture = (uri: string | undefined): Markup =>
  uri === undefined
    ? html`<span class="unread" role="img" aria-label="no picture">?</span>`
    : html`<img src="${uri}" alt="">`;
