import { createHash } from "node:crypto";
import { addPart } from "../src/collection/add-part.ts";
import type { GroupProposal, ProposedClass } from "../src/collection/index.ts";
import {
  type CollectionEncoder,
  type CollectionRecord,
  emptyRecord,
  writeCollectionRecord,
} from "../src/collection/record.ts";
import { type RowValue, rowColumns } from "../src/collection/rows-file.ts";
import { groupBy, random } from "../src/core/index.ts";
import { normalizeRows } from "../src/eval/index.ts";

const sha = (text: string) => createHash("sha256").update(text).digest("hex");

export const sampleEncoder = (trained: number, frozen = trained): CollectionEncoder => ({
  ...{ digest: sha("encoder"), method: "maskcon", backbone: "resnet20", choice: "query", step: 10, imageSize: 32 },
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  ...{ trained, frozen },
});

/** Unit rows of noise [rows, dim]. */
export function unitRows(rows: number, dim: number, seed: number): Float32Array {
  const rng = random(seed, rows);
  return normalizeRows(
    Float32Array.from({ length: rows * dim }, () => rng.normal()),
    dim,
  );
}

/** A row of the class `coarse i % 3`, of nothing that is on disk. */
export const sampleRow = (id: number, more: Partial<RowValue> = {}): RowValue => ({
  ...{
    id,
    name: `${id % 3}/${id}.png`,
    file: undefined,
    source: 0,
    coarse: `coarse ${id % 3}`,
    fine: `fine ${id % 7}`,
  },
  ...{ split: id % 4 ? "train" : "test", width: 10, height: 20, bytes: 100 + id, hash: sha(String(id)).slice(0, 32) },
  ...{ sheet: 1, tile: id % 256 },
  ...more,
});

/** Writes a collection of such rows, `rows` in each part, without thumbnails or encoder. */
export async function writeSample(
  folder: string,
  parts: readonly (readonly RowValue[])[],
  {
    trained = 8,
    frozen = 4,
    vectors = undefined as Float32Array | undefined,
    frozenVectors = undefined as Float32Array | undefined,
    nextSheet = 2,
  } = {},
): Promise<CollectionRecord> {
  const empty = emptyRecord(
    sampleEncoder(trained, frozen),
    rowColumns.map(({ name }) => name),
  );
  const sources = [{ data: "/nowhere", folder: "/nowhere" }];
  let record = await writeCollectionRecord(folder, { ...empty, sources, nextSheet });
  let at = 0;
  for (const rows of parts) {
    const first = rows[0]!.id;
    const given = vectors?.subarray(at * trained, (at + rows.length) * trained);
    record = await addPart(folder, record, {
      rows,
      trained: given ?? unitRows(rows.length, trained, first),
      frozen:
        frozenVectors?.subarray(at * frozen, (at + rows.length) * frozen) ?? unitRows(rows.length, frozen, first + 1),
    });
    at += rows.length;
  }
  return record;
}

/** Ids from `first` to `last`, as rows. */
export const sampleRows = (first: number, last: number): RowValue[] =>
  Array.from({ length: last - first + 1 }, (_, i) => sampleRow(first + i));

/** A chain of images: each joins all before it. */
function chainOf(ids: readonly number[], groups: number): ProposedClass["tree"] {
  const n = ids.length;
  const merges = ids.slice(1).map((_, i) => ({ left: i === 0 ? 0 : n + i - 1, right: i + 1, height: i, size: i + 2 }));
  return { leaves: Int32Array.from(ids), merges, nodes: Array.from({ length: groups }, (_, i) => i % n) };
}

/** A proposal of `groups` groups in each coarse class of these rows, in turn; every tenth image is not sure. */
export function sampleProposal(
  rows: readonly { readonly id: number; readonly coarse: string | undefined }[],
  groups = 2,
): GroupProposal {
  const classes = [...groupBy(rows, ({ coarse }) => coarse ?? null)];
  const likely = rows.map((row) => {
    const place = classes.findIndex(([coarse]) => coarse === (row.coarse ?? null));
    return place * groups + (classes[place]![1].indexOf(row) % groups);
  });
  return {
    ...{ by: "frozen", seed: 0, ids: Int32Array.from(rows, ({ id }) => id), likely: Int32Array.from(likely) },
    groups: Int32Array.from(likely, (group, i) => (rows[i]!.id % 10 === 0 ? -1 : group)),
    leaves: Int32Array.from(rows, ({ id }) => id),
    confidence: Float32Array.from(rows, ({ id }) => (id % 10 === 0 ? 0.25 : 0.75)),
    classes: classes.map(([coarse, own]) => ({
      ...{ coarse, reason: "groups", foundAgain: new Array<number>(groups).fill(0.5) },
      tree: chainOf(
        own.map(({ id }) => id),
        groups,
      ),
    })),
  };
}
