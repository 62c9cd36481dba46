import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection } from "./edit.ts";
import { editableKept } from "./kept.ts";
import { openCollection } from "./open.ts";

async function sample(): Promise<string> {
  const folder = temporaryFolder();
  await writeSample(folder, [sampleRows(1, 5), sampleRows(6, 12)]);
  return folder;
}

/** Ids that are kept, as a new reader sees them. */
async function keptIn(folder: string) {
  const { rows } = await openCollection(folder);
  const positions = [...rows.ids.keys()];
  const ids = (list: number[]) => list.map((position) => rows.ids[position]!);
  const pairs = positions.flatMap((a) => positions.filter((b) => b > a && rows.kept.copies(a, b)).map((b) => [a, b]));
  return {
    labels: ids(positions.filter(rows.kept.label)),
    outliers: ids(positions.filter(rows.kept.outlier)),
    copies: pairs.map(ids),
  };
}

const none = { labels: [], outliers: [], copies: [] };

test("what somebody kept is remembered, undone and redone, after a restart too", async () => {
  const folder = await sample();
  const first = await editCollection(folder);
  await first.apply({ action: "keep", ids: [7, 2, 3], kind: "label" });
  await first.apply({ action: "keep", ids: [4], kind: "outlier" });
  await first.apply({ action: "keep", ids: [5, 9, 12], kind: "copies" });
  await first.apply({ action: "keep", ids: [1, 12], kind: "copies" });
  await first.close();
  const pairs = [5, 9, 12].flatMap((a, i, all) => all.slice(i + 1).map((b) => [a, b]));
  expect(await keptIn(folder)).toEqual({ labels: [2, 3, 7], outliers: [4], copies: [[1, 12], ...pairs] });
  expect(JSON.parse(readFileSync(join(folder, "edits.jsonl"), "utf8").split("\n")[0]!)).toMatchObject({
    ...{ n: 1, action: "keep", ids: "2-3,7", kind: "label" },
  });

  const second = await editCollection(folder);
  await second.undo();
  expect((await keptIn(folder)).copies).toEqual(pairs);
  await second.undo();
  await second.undo();
  expect(await keptIn(folder)).toEqual({ ...none, labels: [2, 3, 7] });
  await second.undo();
  expect(await keptIn(folder)).toEqual(none);
  for (let i = 0; i < 4; i++) await second.redo();
  expect(await keptIn(folder)).toEqual({ labels: [2, 3, 7], outliers: [4], copies: [[1, 12], ...pairs] });
  await second.close();
});

test("a kept label is the class that the image had then", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  await editor.apply({ action: "keep", ids: [1, 2, 3], kind: "label" });
  await editor.apply({ action: "relabel", ids: [2], coarse: "shoe" });
  await editor.apply({ action: "relabel", ids: [3], fine: "boot" });
  expect((await keptIn(folder)).labels).toEqual([1, 3]);
  await editor.apply({ action: "relabel", ids: [2], coarse: "coarse 2" });
  expect((await keptIn(folder)).labels).toEqual([1, 2, 3]);
  await editor.apply({ action: "relabel", ids: [2], coarse: "shoe" });
  await editor.apply({ action: "keep", ids: [2], kind: "label" });
  await editor.apply({ action: "relabel", ids: [2], coarse: "coarse 2" });
  expect((await keptIn(folder)).labels).toEqual([1, 3]);
  await editor.close();
});

test("a keep that says nothing is refused, and nothing is written", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  const refused = async (edit: object, message: RegExp) =>
    expect(editor.apply(edit as Parameters<typeof editor.apply>[0])).rejects.toThrow(message);
  await refused({ action: "keep", ids: [1], kind: "copies" }, /ids: copies are 2 to 100 images/);
  await refused({ action: "keep", ids: [1, 2], kind: "twins" }, /kind/);
  await refused({ action: "keep", ids: [1, 2] }, /kind/);
  await refused({ action: "keep", ids: [13], kind: "label" }, /expected ids of its rows, found 13/);
  await editor.close();
  expect(await keptIn(folder)).toEqual(none);
});

test("a set of copies in the journal is small, whatever its line says", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, [sampleRows(1, 101)], { trained: 1, frozen: 1 });
  const editor = await editCollection(folder);
  const ids = Array.from({ length: 101 }, (_, i) => i + 1);
  await expect(editor.apply({ action: "keep", ids, kind: "copies" })).rejects.toThrow(/copies are 2 to 100 images/);
  await editor.apply({ action: "keep", ids: ids.slice(1), kind: "copies" });
  await editor.close();
  const { kept } = (await openCollection(folder)).rows;
  expect([kept.copies(1, 100), kept.copies(100, 1), kept.copies(0, 1)]).toEqual([true, true, false]);
});

test("two images are kept together exactly where one action names both", () => {
  const sets = fc.array(fc.uniqueArray(fc.nat(9), { minLength: 2, maxLength: 5 }), { maxLength: 8 });
  fc.assert(
    fc.property(sets, (named) => {
      const kept = editableKept({ numbers: new Int32Array(10), names: [] });
      for (const set of named) kept.keepCopies(set);
      for (let a = 0; a < 10; a++) {
        for (let b = 0; b < 10; b++) {
          expect(kept.copies(a, b)).toBe(named.some((set) => set.includes(a) && set.includes(b)));
        }
      }
      kept.reset();
      expect(kept.copies(0, 1)).toBe(false);
    }),
  );
});
