import { expect, test } from "vitest";
import { sampleRow, sampleRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection, openCollection } from "../collection/index.ts";
import { random } from "../core/index.ts";
import { normalizeRows } from "../eval/index.ts";
import { reviewCollection } from "./review-collection.ts";
import { reviewPage } from "./review-page.ts";

const [COARSE, FINE, EACH, DIM] = [4, 4, 12, 16];
const N = COARSE * FINE * EACH;

/** Four groups in each of four classes, by position: images of group 6 lie in class 1 and have the label of class 3. */
async function sample() {
  const rng = random(4);
  const around = (mean: readonly number[], spread: number) =>
    mean.map((value) => value + (spread * rng.normal()) / Math.sqrt(DIM));
  const coarse = Array.from({ length: COARSE }, () => around(Array(DIM).fill(0), 1));
  const fine = coarse.flatMap((mean) => Array.from({ length: FINE }, () => around(mean, 0.5)));
  const rows = fine.flatMap((mean) => Array.from({ length: EACH }, () => around(mean, 0.3)));
  const groups = Int32Array.from(rows, (_, i) => Math.floor(i / EACH) + 1);
  const folder = temporaryFolder();
  const labelled = sampleRows(1, N).map((row, i) => {
    const label = groups[i] === 6 ? 3 : Math.floor(i / EACH / FINE);
    return { ...row, coarse: `class <${label}>` };
  });
  await writeSample(folder, [labelled], { trained: DIM, vectors: normalizeRows(Float32Array.from(rows.flat()), DIM) });
  return { folder, groups };
}

test("a wrong group is one decision, until somebody keeps it", { timeout: 60_000 }, async () => {
  const { folder, groups } = await sample();
  const collection = await openCollection(folder);
  const ids = Array.from({ length: EACH }, (_, i) => 5 * EACH + 1 + i);
  const review = await reviewCollection(collection, { by: "trained", groups });
  expect(review.groups).toMatchObject([{ group: 6, ids, coarse: "class <3>", suggested: "class <1>", kept: false }]);
  const page = await reviewPage({ collection, by: "trained", review, top: 5 });
  expect(page).toContain("ids 61-72");
  expect(page).not.toContain("class <3>");

  const editor = await editCollection(folder);
  await editor.apply({ action: "keep", kind: "label", ids: ids.slice(0, 4) });
  const rest = await reviewCollection(editor.collection, { by: "trained", groups });
  expect(rest.groups.map((one) => one.ids)).toEqual([ids.slice(4)]);
  await editor.apply({ action: "keep", kind: "label", ids });
  const none = await reviewCollection(editor.collection, { by: "trained", groups });
  expect([none.groups, none.kept.groups]).toEqual([[], 1]);
  const all = await reviewCollection(editor.collection, { by: "trained", groups, all: true });
  expect(all.groups).toEqual([{ ...review.groups[0], kept: true }]);
  await editor.apply({ action: "relabel", ids, coarse: "class <1>" });
  expect((await reviewCollection(editor.collection, { by: "trained", groups })).groups).toEqual([]);
  await editor.close();

  expect((await reviewCollection(collection, { by: "trained" })).groups).toEqual([]);
  const short = reviewCollection(collection, { by: "trained", groups: groups.subarray(1) });
  await expect(short).rejects.toThrow(/groups: expected 192, one an image, found 191/);
});

test("copies lie across splits where both images have one, and these differ", async () => {
  const splits = ["train", "train", "test", undefined] as const;
  const hash = sampleRow(1).hash;
  const rows = splits.map((split, i) => sampleRow(i + 1, { split, hash }));
  const folder = temporaryFolder();
  await writeSample(folder, [[...rows, ...sampleRows(5, 24)]]);
  const { copies } = await reviewCollection(await openCollection(folder));
  expect(copies.map(({ ids, acrossSplits }) => [...ids, acrossSplits])).toEqual([
    [1, 3, true],
    [1, 2, false],
    [1, 4, false],
  ]);
});
