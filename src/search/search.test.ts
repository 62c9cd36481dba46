import { expect, test } from "vitest";
import { sampleProposal, sampleRows, unitRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type Collection, editCollection, hashOf, openCollection } from "../collection/index.ts";
import { openSearch, type SearchQuery } from "./search.ts";
import type { Where } from "./where.ts";

const DIM = 8;

/** Ids and scores by a loop over all rows, from nothing but labels by name. */
async function loop({ rows, vectors }: Collection, query: SearchQuery, fits: (row: number) => boolean, count: number) {
  const all = await vectors("trained");
  const own = "id" in query ? rows.ids.indexOf(query.id) : -1;
  const vector = "vector" in query ? query.vector : all.subarray(own * DIM, (own + 1) * DIM);
  const length = "vector" in query ? Math.hypot(...query.vector) : 1;
  const scored = [...rows.ids.keys()].filter((row) => row !== own && fits(row));
  const score = (row: number) =>
    vector.reduce((sum, value, i) => sum + Math.fround(value / length) * all[row * DIM + i]!, 0);
  return scored
    .map((row) => ({ id: rows.ids[row]!, position: row, score: score(row) }))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, count);
}

test("equals a loop after adds, relabelling and deletes, with filters", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  const [first, second] = [sampleRows(1, 300), sampleRows(301, 420)];
  const vectors = unitRows(420, DIM, 5);
  // Duplicates: their order is that of their ids.
  for (const row of [50, 51, 305, 306]) vectors.set(vectors.subarray(0, DIM), row * DIM);
  await writeSample(folder, [first, second], { vectors });
  const editor = await editCollection(folder);
  const { collection } = editor;
  const search = openSearch(collection);
  const dropped = new Set<number>();
  const nameOf = ({ names, numbers }: Collection["rows"]["coarse"], row: number) => names[numbers[row]!];
  const compare = async () => {
    const { rows } = collection;
    const filters: [Where | undefined, (row: number) => boolean][] = [
      [undefined, () => true],
      [{ coarse: ["coarse 0", "coarse 2"] }, (row) => nameOf(rows.coarse, row) !== "coarse 1"],
      [
        { coarse: ["coarse 1"], split: ["test"] },
        (row) => nameOf(rows.coarse, row) === "coarse 1" && rows.ids[row]! % 4 === 0,
      ],
      [
        { fine: ["fine 3"], id: [3, 10, 31] },
        (row) => [3, 10, 31].includes(rows.ids[row]!) && nameOf(rows.fine, row) === "fine 3",
      ],
      [{ id: [7] }, (row) => rows.ids[row] === 7],
      [{ id: [999] }, () => false],
      [{ id: ["07", "-1", "1e1", "x"] }, () => false],
      [{ source: [0], width: [rows.widths[8]!] }, (row) => rows.widths[row] === rows.widths[8]],
      [
        { bytes: ["", rows.bytes[9]!], height: [rows.heights[9]!, 1] },
        (row) => (rows.bytes[row]! < 0 || rows.bytes[row] === rows.bytes[9]) && rows.heights[row] === rows.heights[9],
      ],
      [
        { hash: [hashOf(rows, 4), "00"], coarse: ["coarse 2"] },
        (row) => row === 4 && nameOf(rows.coarse, row) === "coarse 2",
      ],
      [{ name: [rows.names[3]!, rows.names[4]!] }, (row) => row === 3 || row === 4],
      [{ file: [""] }, (row) => rows.files[row] === undefined],
    ];
    for (const query of [{ id: 1 }, { id: 307 }, { vector: unitRows(1, DIM, 9).map((value) => 3 * value) }]) {
      for (const [where, fits] of filters) {
        const live = (row: number) => fits(row) && !dropped.has(rows.ids[row]!);
        const expected = await loop(collection, query, live, 12);
        expect(await search.find(query, { where, count: 12 })).toEqual(expected);
      }
    }
  };
  await compare();
  await editor.apply({ action: "drop", ids: [2, 51, 306, 7] });
  for (const id of [2, 51, 306, 7]) dropped.add(id);
  await compare();
  await editor.apply({ action: "relabel", ids: [1, 4, 5], coarse: "coarse 1" });
  await compare();
  await editor.undo();
  await editor.undo();
  dropped.clear();
  await compare();
  await search.close();
  await editor.close();
});

test("images of a group are found by its id or its name, and those of none", async () => {
  const folder = temporaryFolder();
  const rows = sampleRows(1, 30);
  await writeSample(folder, [rows]);
  const editor = await editCollection(folder);
  await editor.apply({ action: "propose", proposal: sampleProposal(rows) });
  await editor.apply({ action: "name", group: 2, name: "tabby" });
  await editor.apply({ action: "name", group: 3, name: "1" });
  const search = openSearch(editor.collection);
  const found = async (...group: (string | number)[]) => {
    const results = await search.find({ id: 2 }, { where: { group }, count: 30 });
    return results.map(({ id }) => id).sort((a, b) => a - b);
  };
  expect(await found("tabby")).toEqual([4, 16, 22, 28]);
  expect(await found(1)).toEqual([1, 7, 13, 19, 25]);
  expect(await found("2", "")).toEqual([4, 10, 16, 20, 22, 28, 30]);
  await expect(found("taby")).rejects.toThrow(/where group: expected the id or name .* did you mean "tabby"\?/);
  await search.close();
  await editor.close();
});

test("what cannot be searched is refused in one line", async () => {
  const folder = temporaryFolder();
  await writeSample(folder, [sampleRows(1, 5)]);
  const search = openSearch(await openCollection(folder));
  const refused = (query: SearchQuery, options: object, message: RegExp) =>
    expect(search.find(query, options)).rejects.toThrow(message);
  await refused({ id: 6 }, {}, /id: expected an id from 1 to 5, found 6/);
  await refused({ vector: new Float32Array(3) }, {}, /expected 8 values, as the trained encoder gives, found 3/);
  await refused({ vector: new Float32Array(8) }, {}, /finite values that are not all 0/);
  await refused({ vector: new Float32Array(8).fill(Number.NaN) }, {}, /finite values/);
  await refused(
    { id: 1 },
    { where: { coarse: ["coarse1"] } },
    /where coarse: .*found "coarse1"; did you mean "coarse 1"\?/,
  );
  await refused({ id: 1 }, { where: { corse: ["x"] } }, /expected a column \(coarse, .*did you mean "coarse"\?/);
  await refused({ id: 1 }, { count: 0 }, /count: expected a whole number/);
  await refused({ image: "none.png" }, {}, /encoder\.onnx: expected the encoder of the collection, found no such file/);
  expect(await search.find({ id: 1 }, { by: "frozen", count: 99 })).toHaveLength(4);
  await search.close();
});
