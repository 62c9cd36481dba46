import type { Collection } from "../src/collection/index.ts";
import { rowScales } from "../src/eval/index.ts";
import { openSearch, type Where } from "../src/search/index.ts";
import { clusteredFeatures } from "./clustered-features.ts";
import { serve } from "./serve.ts";
import { median } from "./statistics.ts";

const { rows, dim, threads, queries } = JSON.parse(process.argv[2]!) as {
  rows: number;
  dim: number;
  threads: number;
  queries: number;
};
const CLASSES = 20;
const { features: vectors, labels } = clusteredFeatures(rows, dim, CLASSES);
// In place: a copy would count as memory of the search.
rowScales(vectors, dim).forEach((scale, row) => {
  for (let i = row * dim; i < (row + 1) * dim; i++) vectors[i]! *= scale;
});
const numbers = (of: (row: number) => number) => Int32Array.from({ length: rows }, (_, row) => of(row));
const none = { numbers: numbers(() => -1), names: [] };
const coarse = { numbers: Int32Array.from(labels), names: Array.from({ length: CLASSES }, (_, i) => `class ${i}`) };

/** A collection in memory, as `openCollection` gives it: what search reads of one. */
const collection = {
  folder: "",
  record: { encoder: { trained: dim, frozen: dim } },
  rows: { length: rows, ids: numbers((row) => row + 1), status: new Uint8Array(rows), coarse, fine: none, split: none },
  vectors: async () => vectors,
} as unknown as Collection;
const search = openSearch(collection, { threads });

/** Milliseconds of one query, and ids of its results. */
async function ask(id: number, where?: Where): Promise<{ milliseconds: number; ids: number[] }> {
  const start = performance.now();
  const found = await search.find({ id }, where ? { where, count: 20 } : { count: 20 });
  return { milliseconds: performance.now() - start, ids: found.map((one) => one.id) };
}

const asked = Array.from({ length: queries }, (_, i) => 1 + ((i * 7919) % rows));
await ask(1);
await serve({ idleRssMb: process.resourceUsage().maxRSS / 1024 }, async () => {
  const all: Awaited<ReturnType<typeof ask>>[] = [];
  const filtered: typeof all = [];
  const half: typeof all = [];
  for (const id of asked) {
    all.push(await ask(id));
    filtered.push(await ask(id, { coarse: ["class 3"] }));
    half.push(await ask(id, { coarse: coarse.names.slice(0, CLASSES / 2) }));
  }
  const times = (of: typeof all) => median(of.map(({ milliseconds }) => milliseconds));
  const found = { milliseconds: times(all), filteredMilliseconds: times(filtered), halfMilliseconds: times(half) };
  return { ...found, ids: all.map(({ ids }) => ids) };
});
