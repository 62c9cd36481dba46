import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleProposal, sampleRows, writeSample } from "../../../test/collection-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { editCollection } from "../edit.ts";
import { groupsMade } from "../history.ts";
import { readJournal } from "../journal.ts";
import { journalLine } from "../journal-lines.ts";
import { openCollection } from "../open.ts";
import { type CollectionRows, positionOf } from "../rows.ts";

const ROWS = 30;
const rowsOfSample = sampleRows(1, ROWS);

async function sample(): Promise<string> {
  const folder = temporaryFolder();
  await writeSample(folder, [rowsOfSample]);
  return folder;
}

const membersOf = ({ ids, groups }: CollectionRows, group: number) =>
  [...ids].filter((_, row) => groups.of[row] === group);
const listed = ({ groups }: CollectionRows) =>
  groups.list.map(({ id, coarse, name, size }) => [id, coarse, name, size]);

/** Ids of class `coarse 1` are 1, 4, 7, ...: its groups 1 and 2 of a first proposal. */
async function proposed() {
  const folder = await sample();
  const editor = await editCollection(folder);
  const made = groupsMade(await editor.apply({ action: "propose", proposal: sampleProposal(rowsOfSample) }));
  return { folder, editor, made, rows: editor.collection.rows };
}

test("a proposal takes force, and is there after a restart", async () => {
  const { folder, editor, made, rows } = await proposed();
  await editor.close();
  expect(made).toEqual([1, 2, 3, 4, 5, 6]);
  expect(listed(rows).slice(0, 2)).toEqual([
    [1, "coarse 1", null, 5],
    [2, "coarse 1", null, 4],
  ]);
  expect(membersOf(rows, 1)).toEqual([1, 7, 13, 19, 25]);
  expect(membersOf(rows, 0)).toEqual([10, 20, 30]);
  const again = await openCollection(folder);
  expect([...again.rows.groups.of]).toEqual([...rows.groups.of]);
  expect(again.rows.groups.confidence[0]).toBe(0.75);
  expect(again.rows.groups.proposals).toEqual(["000001"]);
  expect(again.rows.groups.list[2]!.proposed).toEqual({ proposal: "000001", place: 2 });
  expect(again.proposal("000001")).toEqual(sampleProposal(rowsOfSample));
  expect(() => again.proposal("000002")).toThrow(/expected a proposal that is in force, found "000002"/);
});

test("groups are named, merged, split and filled; ids are never used again", async () => {
  const { folder, editor, rows } = await proposed();
  await editor.apply({ action: "name", group: 2, name: "tabby" });
  expect(groupsMade(await editor.apply({ action: "merge", groups: [1, 2] }))).toEqual([7]);
  expect(listed(rows)[4]).toEqual([7, "coarse 1", "tabby", 9]);
  await editor.undo();
  expect(membersOf(rows, 2)).toEqual([4, 16, 22, 28]);
  const merged = await editor.apply({ action: "merge", groups: [1, 2], name: "cat" });
  expect(groupsMade(merged)).toEqual([8]);
  const parts = [[1, 4], [7]];
  expect(groupsMade(await editor.apply({ action: "split", group: 8, parts }))).toEqual([9, 10, 11]);
  expect([9, 10, 11].map((id) => membersOf(rows, id))).toEqual([[1, 4], [7], [13, 16, 19, 22, 25, 28]]);
  expect(rows.groups.list.every(({ name }) => name === null)).toBe(true);
  await editor.apply({ action: "assign", ids: [10, 13], group: 10 });
  await editor.apply({ action: "assign", ids: [1], group: null });
  const fresh = await editor.apply({ action: "assign", ids: [4, 16], group: "new", name: "lynx" });
  expect(groupsMade(fresh)).toEqual([12]);
  expect([10, 11, 12, 0].map((id) => membersOf(rows, id))).toEqual([
    [7, 10, 13],
    [19, 22, 25, 28],
    [4, 16],
    [1, 20, 30],
  ]);
  // Nothing is left of it.
  expect(rows.groups.list.map(({ id }) => id)).not.toContain(9);
  expect(rows.groups.confidence[positionOf(rows.ids, 13)]).toBeNaN();
  expect(rows.groups.confidence[positionOf(rows.ids, 19)]).toBe(0.75);
  for (let i = 0; i < 3; i++) await editor.undo();
  await editor.close();

  const again = await editCollection(folder);
  await again.redo();
  await again.redo();
  expect(membersOf(again.collection.rows, 10)).toEqual([7, 10, 13]);
  // The other branch is gone, and its group 12 with it; no group is 12 again.
  expect(groupsMade(await again.apply({ action: "assign", ids: [4], group: "new" }))).toEqual([13]);
  await again.close();
});

test("a split of all live images takes the dropped ones along", async () => {
  const { editor, rows } = await proposed();
  await editor.apply({ action: "drop", ids: [25] });
  expect(rows.groups.list[0]!.size).toBe(4);
  expect(
    groupsMade(
      await editor.apply({
        action: "split",
        group: 1,
        parts: [
          [1, 7],
          [13, 19],
        ],
      }),
    ),
  ).toEqual([7, 8]);
  expect(membersOf(rows, 8)).toEqual([13, 19, 25]);
  await editor.close();
});

test("a second proposal replaces the groups of its classes, but those that have a name", async () => {
  const { editor, rows } = await proposed();
  await editor.apply({ action: "name", group: 1, name: "tabby" });
  const own = rowsOfSample.filter(({ coarse }) => coarse === "coarse 1");
  const proposal = sampleProposal(own, 1);
  expect(groupsMade(await editor.apply({ action: "propose", proposal }))).toEqual([7]);
  expect(listed(rows).map(([id]) => id)).toEqual([1, 3, 4, 5, 6, 7]);
  expect(membersOf(rows, 1)).toEqual([1, 7, 13, 19, 25]);
  expect(membersOf(rows, 7)).toEqual([4, 16, 22, 28]);
  expect(rows.groups.proposals).toEqual(["000002", "000001"]);
  await editor.apply({ action: "propose", proposal, replaceNamed: true });
  expect(listed(rows).map(([id]) => id)).toEqual([3, 4, 5, 6, 8]);
  expect(membersOf(rows, 8)).toHaveLength(9);
  await editor.undo();
  await editor.undo();
  expect(listed(rows).map(([id]) => id)).toEqual([1, 2, 3, 4, 5, 6]);
  await editor.close();
});

test("an image of another coarse class leaves its group", async () => {
  const { editor, rows } = await proposed();
  await editor.apply({ action: "relabel", ids: [1, 4, 7], coarse: "coarse 1", fine: "new" });
  expect(membersOf(rows, 1)).toEqual([1, 7, 13, 19, 25]);
  await editor.apply({ action: "relabel", ids: [1], coarse: "coarse 2" });
  expect(membersOf(rows, 1)).toEqual([7, 13, 19, 25]);
  // A proposal that was made before the change leaves it alone.
  await editor.apply({ action: "propose", proposal: sampleProposal(rowsOfSample) });
  expect(rows.groups.of[0]).toBe(0);
  await editor.close();
});

test("a group goes into another class as a whole, with its name, its id and its dropped images", async () => {
  const { folder, editor, rows } = await proposed();
  await editor.apply({ action: "name", group: 1, name: "tabby" });
  await editor.apply({ action: "drop", ids: [25] });
  // Image 4 is of group 2, which stays; 10 is in none.
  const { values } = await editor.apply({
    action: "relabel",
    ids: [1, 4, 7, 10, 13, 19],
    coarse: "coarse 2",
    fine: "x",
  });
  expect(values).toMatchObject({ ids: "1,4,7,10,13,19", groups: [1], along: "25" });
  expect(editor.collection.undoable?.text).toBe("6 images given the coarse class coarse 2 and the fine class x");
  expect(listed(rows)[0]).toEqual([1, "coarse 2", "tabby", 4]);
  expect([1, 2, 0].map((group) => membersOf(rows, group))).toEqual([
    [1, 7, 13, 19, 25],
    [16, 22, 28],
    [4, 10, 20, 30],
  ]);
  expect(rows.groups.confidence[0]).toBe(0.75);
  // A proposal for its former class no longer has it, one for its new class leaves it for its name.
  await editor.apply({ action: "propose", proposal: sampleProposal(rowsOfSample) });
  expect(listed(rows)[0]).toEqual([1, "coarse 2", "tabby", 4]);
  await editor.undo();
  await editor.undo();
  expect(listed(rows)[0]).toEqual([1, "coarse 1", "tabby", 4]);
  await editor.redo();
  await editor.apply({ action: "restore", ids: [25] });
  await editor.close();
  const again = await openCollection(folder);
  expect(listed(again.rows)[0]).toEqual([1, "coarse 2", "tabby", 5]);
  // Nobody saw it when the others were called so.
  const fineOf = (id: number) => again.rows.fine.names[again.rows.fine.numbers[positionOf(again.rows.ids, id)]!];
  expect([19, 25].map(fineOf)).toEqual(["x", "fine 4"]);
});

test("a group that went along as an earlier version wrote it is as it was", async () => {
  const { folder, editor } = await proposed();
  await editor.apply({ action: "drop", ids: [25] });
  await editor.close();
  const { end } = await readJournal(folder);
  const values = { action: "relabel", ids: "1,7,13,19,25", coarse: "coarse 2", fine: "x", groups: [1] };
  const { line } = journalLine(end, { n: end.n + 1, time: "2026-11-30T01:19:29.911Z", values });
  appendFileSync(join(folder, "edits.jsonl"), line);
  const { rows } = await openCollection(folder);
  expect(listed(rows)[0]).toEqual([1, "coarse 2", null, 4]);
  expect(membersOf(rows, 1)).toEqual([1, 7, 13, 19, 25]);
  expect([19, 25].map((id) => rows.fine.names[rows.fine.numbers[positionOf(rows.ids, id)]!])).toEqual(["x", "x"]);
});

test.each([
  ["of another group", { along: "4", groups: [1] }, /expected images of groups that go along, found 4, which is in/],
  ["of no row", { along: "99", groups: [1] }, /expected ascending ids below 31/],
  ["without a group", { along: "25" }, /groups for what goes along/],
])("a line with images %s that go along is damaged", async (_, more, message) => {
  const { folder, editor } = await proposed();
  await editor.close();
  const { end } = await readJournal(folder);
  const values = { action: "relabel", ids: "1,7,13,19", coarse: "coarse 2", ...more };
  const { line } = journalLine(end, { n: end.n + 1, time: "2026-11-30T01:19:29.911Z", values });
  appendFileSync(join(folder, "edits.jsonl"), line);
  await expect(openCollection(folder)).rejects.toThrow(message);
});

test("what does not fit is refused in one line, and nothing is written", async () => {
  const { folder, editor } = await proposed();
  const before = readFileSync(join(folder, "edits.jsonl"), "utf8");
  const refused = async (edit: object, message: RegExp) =>
    expect(editor.apply(edit as Parameters<typeof editor.apply>[0])).rejects.toThrow(message);
  await refused({ action: "name", group: 99, name: "x" }, /edits\.jsonl: expected a group of the collection, found 99/);
  await refused({ action: "name", group: 1, name: "" }, /name/);
  await refused({ action: "name", group: 1 }, /name/);
  await refused({ action: "name", group: 1, name: "a\ud800" }, /half of a character/);
  await refused({ action: "merge", groups: [1] }, /groups/);
  await refused({ action: "merge" }, /groups/);
  await refused({ action: "merge", groups: [1, 1] }, /expected each group once/);
  await refused({ action: "merge", groups: [1, 3] }, /expected groups of one coarse class, found 1 and 3 of two/);
  await refused({ action: "split", group: 1, parts: [[1, 4]] }, /expected images of group 1, found 4, which is in/);
  await refused({ action: "split", group: 1, parts: [[1], [1]] }, /expected each image in one part, found 1 in two/);
  await refused({ action: "split", group: 1, parts: [[1, 7, 13, 19, 25]] }, /expected two parts or more/);
  await refused({ action: "split", group: 1, parts: [[]] }, /expected ids of images, found none/);
  await refused({ action: "split", group: 1 }, /parts/);
  await refused({ action: "assign", ids: [99], group: 1 }, /expected ids of its rows, found 99/);
  await refused({ action: "assign", ids: [2], group: 1 }, /coarse class, coarse 1, found image 2 of coarse 2; relabel/);
  await refused({ action: "assign", ids: [1, 2], group: "new" }, /found image 2 of coarse 2/);
  await refused({ action: "assign", ids: [1], group: 1, name: "x" }, /a name for a new group alone/);
  await refused({ action: "assign", ids: [1], group: "mine" }, /the id of a group, null or "new"/);
  const lost = { ...sampleProposal(rowsOfSample), classes: [] };
  await refused({ action: "propose", proposal: lost }, /expected rising ids/);
  const other = sampleProposal([{ id: 1, coarse: "nowhere" }], 1);
  await refused({ action: "propose", proposal: other }, /expected coarse classes of the collection, found "nowhere"/);
  expect(readFileSync(join(folder, "edits.jsonl"), "utf8")).toBe(before);
  await editor.close();
});

test("a proposal that was undone need not be there", async () => {
  const { folder, editor } = await proposed();
  await editor.undo();
  await editor.close();
  const file = join(folder, "groups/000001.json");
  const text = readFileSync(file, "utf8");
  rmSync(file);
  const again = await editCollection(folder);
  await expect(again.redo()).rejects.toThrow(/000001\.json/);
  writeFileSync(file, text);
  await again.redo();
  expect(again.collection.rows.groups.list).toHaveLength(6);
  await again.close();
});

test("a damaged file of a proposal is one clear error", async () => {
  const { folder, editor } = await proposed();
  await editor.close();
  for (const name of ["000001.json", "000001.parquet"]) {
    const file = join(folder, "groups", name);
    const bytes = readFileSync(file);
    writeFileSync(
      file,
      bytes.map((byte, i) => (i === 40 ? byte ^ 1 : byte)),
    );
    await expect(openCollection(folder)).rejects.toThrow(/expected contents with SHA-256 .* the file is damaged/);
    rmSync(file);
    await expect(openCollection(folder)).rejects.toThrow(new RegExp(name));
    writeFileSync(file, bytes);
  }
  expect(existsSync(join(folder, "groups"))).toBe(true);
  expect((await openCollection(folder)).rows.groups.list).toHaveLength(6);
});

test("a proposal for a class that an undone action made is refused, not written", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  await editor.apply({ action: "relabel", ids: [1, 2, 3], coarse: "new" });
  const proposal = sampleProposal([1, 2, 3].map((id) => ({ id, coarse: "new" })));
  await editor.undo();
  await expect(editor.apply({ action: "propose", proposal })).rejects.toThrow(
    /expected coarse classes of the collection, found "new"/,
  );
  await editor.redo();
  await editor.apply({ action: "propose", proposal });
  await editor.close();
  expect((await openCollection(folder)).rows.groups.list).toHaveLength(2);
});
