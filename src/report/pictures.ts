import type { Dataset } from "../data/index.ts";
import { html, type Markup } from "./html.ts";
import { type Thumbnail, thumbnail } from "./thumbnail.ts";

/** Draws an image of the dataset with this alternative text ("" where the text beside it says it all). */
type Picture = (index: number, alt: string) => Markup;

/** Reads the images a page will show, each once. */
export async function pictures(dataset: Dataset, indices: Iterable<number>, signal?: AbortSignal): Promise<Picture> {
  const found = new Map<number, Thumbnail | undefined>();
  for (const index of indices) {
    signal?.throwIfAborted();
    if (!found.has(index)) found.set(index, await thumbnail(dataset, index));
  }
  return (index, alt) => {
    const picture = found.get(index);
    if (!picture)
      return html`<span class="unread" role="img" aria-label="${alt || "image"}: it could not be read">?</span>`;
    return html`<img src="${picture.uri}" alt="${alt}"${picture.pixelated && html` class="pixel"`}>`;
  };
}
