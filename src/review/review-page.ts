import { type Collection, formatIds, positionOf, thumbnailUris, type VectorKind } from "../collection/index.ts";
import { evenlySpaced } from "../core/index.ts";
import { breakable, html, type Markup, page, trusted } from "../report/index.ts";
import type { CollectionReview } from "./review-collection.ts";

export interface ReviewPage {
  readonly collection: Collection;
  /** Whose vectors judged. */
  readonly by: VectorKind;
  readonly review: CollectionReview;
  /** Of each list, the first so many. */
  readonly top: number;
}

const STYLE = `.cards { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem; }
.cards li { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem; min-width: 0; }
.cards .pair { display: flex; flex-wrap: wrap; gap: .5rem; }
.cards img, .cards .unread { width: 5.5rem; height: 5.5rem; object-fit: contain; border-color: var(--line); }
.cards p { margin: .3rem 0 0; font-size: .8rem; overflow-wrap: anywhere; }
.cards small { display: block; }`;

/** Lists to look at, with pictures, as one HTML file that asks for nothing else and runs no script. */
export async function reviewPage({ collection, by, review, top }: ReviewPage): Promise<string> {
  const copies = review.copies.slice(0, top);
  const labels = review.labels.slice(0, top);
  const outliers = review.outliers.slice(0, top);
  const groups = review.groups.slice(0, top).map((group) => ({ ...group, shown: someOf(group.ids) }));
  const ids = [
    ...groups.flatMap(({ shown }) => shown),
    ...copies.flatMap((copy) => copy.ids),
    ...[...labels, ...outliers].map(({ id }) => id),
  ];
  const rowOf = (id: number) => positionOf(collection.rows.ids, id);
  const uris = await thumbnailUris(collection, ids.map(rowOf));
  const card = cardOf(collection, (id) => uris.get(rowOf(id)));
  const list = (items: readonly Markup[]) =>
    items.length > 0 ? html`<ul class="cards">${items}</ul>` : html`<p>None was found.</p>`;
  const body = html`<style>${trusted(STYLE)}</style><header><h1>Review</h1>
<p class="facts">What to look at among the images of the collection, by the ${by} encoder. Rankings, not verdicts: look before you change anything. Of each list the first ${top} are shown (<code>--top</code>). Each number is an id for <code>maskcon collection drop</code>, <code>relabel</code> and <code>keep</code>. Somebody kept ${review.kept.groups} groups, ${review.kept.copies} pairs, ${review.kept.labels} labels and ${review.kept.outliers} outliers.</p></header>
<main><section><h2>Groups that look like another class</h2><p>The labels around such a group are as around groups of another class: one decision for all of its images.</p>${list(
    groups.map((group) =>
      card(
        group.shown,
        html`<b>${breakable(group.coarse)}</b>, or ${breakable(group.suggested)}?<small>group ${group.group}, ${group.ids.length} images, ${Math.round(100 * group.share)}% of the nearest outside, ${Math.round(100 * group.ownShare)}% of its own class, doubt ${group.doubt.toFixed(2)}${mark(group)}</small><small>ids ${formatIds(group.ids)}</small>`,
      ),
    ),
  )}</section>
<section><h2>Copies</h2><p>${review.copies.length} pairs seem to show the same picture; ${review.copies.filter((copy) => copy.acrossSplits).length} of them lie across splits and stand first.</p>${list(
    copies.map((copy) =>
      card(
        copy.ids,
        html`<b>${copy.acrossSplits ? "across splits" : "one split"}</b>, keep ${copy.keep}<small>${copy.sameBytes ? "same file" : `pixels agree ${copy.agreement.toFixed(3)}`}${mark(copy)}</small>`,
      ),
    ),
  )}</section>
<section><h2>Suspect labels</h2><p>Up to about ${review.wrongLabels} labels may be wrong: images between two classes count, too. The most suspect stand first.</p>${list(
    labels.map((label) =>
      card(
        [label.id],
        html`<b>${breakable(label.coarse)}</b>, or ${breakable(label.suggested)}?<small>doubt ${label.doubt.toFixed(2)}${mark(label)}</small>`,
      ),
    ),
  )}</section>
<section><h2>Outliers</h2><p>${review.unusual} images lie far outside of the rest. The most unusual stand first.</p>${list(
    outliers.map((outlier) =>
      card(
        [outlier.id],
        html`<small>${outlier.score.toFixed(2)} times as far as its neighbours${mark(outlier)}</small>`,
      ),
    ),
  )}</section></main>`;
  return page({ title: "maskcon review", body });
}

/** Pictures of a group on its card. */
const SHOWN = 6;

const someOf = (ids: readonly number[]): number[] => evenlySpaced(ids.length, SHOWN).map((place) => ids[place]!);

const mark = ({ kept }: { readonly kept: boolean }): string => (kept ? ", kept" : "");

const cardOf =
  ({ rows }: Collection, uriOf: (id: number) => string | undefined) =>
  (ids: readonly number[], text: Markup): Markup => {
    const nameOf = (id: number) => rows.names[positionOf(rows.ids, id)]!;
    const picture = (id: number) => {
      const uri = uriOf(id);
      return uri === undefined
        ? html`<span class="unread" role="img" aria-label="no picture">?</span>`
        : html`<img src="${uri}" alt="${nameOf(id)}">`;
    };
    const names = ids.map((id) => html`<small>${id}: ${breakable(nameOf(id))}</small>`);
    return html`<li><div class="pair">${ids.map(picture)}</div><p>${text}${names}</p></li>`;
  };
