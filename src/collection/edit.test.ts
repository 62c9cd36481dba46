import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRows, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection } from "./edit.ts";
import { openCollection } from "./open.ts";
import { rowStatuses } from "./rows.ts";

const journal = (folder: string) => join(folder, "edits.jsonl");

async function sample(): Promise<string> {
  const folder = temporaryFolder();
  await writeSample(folder, [sampleRows(1, 5), sampleRows(6, 12)]);
  return folder;
}

/** Coarse and fine class and status of an image. */
async function labelsOf(folder: string, id: number) {
  const { rows } = await openCollection(folder);
  const at = rows.ids.indexOf(id);
  const name = ({ names, numbers }: (typeof rows)["coarse"]) => names[numbers[at]!];
  return [name(rows.coarse), name(rows.fine), rowStatuses[rows.status[at]!]];
}

test("actions are undone and redone, after a restart too", async () => {
  const folder = await sample();
  const first = await editCollection(folder);
  await first.apply({ action: "relabel", ids: [3, 1, 2], coarse: "shoe", fine: "boot" });
  await first.apply({ action: "drop", ids: [2] });
  expect(first.collection.undoable?.n).toBe(2);
  const taken = [
    { n: 2, text: "1 image taken out", isUndone: false },
    { n: 1, text: "3 images given the coarse class shoe and the fine class boot", isUndone: false },
  ];
  expect(first.collection.pastActions()).toMatchObject(taken);
  expect(first.collection.pastActions(1)).toMatchObject([taken[0]]);
  await first.close();
  expect(await labelsOf(folder, 2)).toEqual(["shoe", "boot", "dropped"]);

  const second = await editCollection(folder);
  await second.undo();
  await second.undo();
  expect(await second.undo()).toBeUndefined();
  expect(second.collection.pastActions()).toMatchObject(taken.map((action) => ({ ...action, isUndone: true })));
  expect(second.collection.pastActions(1)).toHaveLength(1);
  expect(await labelsOf(folder, 2)).toEqual(["coarse 2", "fine 2", "live"]);
  await second.redo();
  expect(await labelsOf(folder, 2)).toEqual(["shoe", "boot", "live"]);
  expect(second.collection.pastActions()).toMatchObject([{ n: 2, isUndone: true }, taken[1]]);
  // Another action ends what can be taken again.
  await second.apply({ action: "relabel", ids: [2], fine: null });
  expect(await second.redo()).toBeUndefined();
  expect(second.collection.pastActions().map(({ n, time }) => [n, Date.parse(time) > 0])).toEqual([
    [6, true],
    [1, true],
  ]);
  expect(await labelsOf(folder, 2)).toEqual(["shoe", undefined, "live"]);
  await second.close();

  const lines = readFileSync(journal(folder), "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line)).map(({ n, action, of }) => [n, action, of])).toEqual([
    [1, "relabel", undefined],
    [2, "drop", undefined],
    [3, "undo", 2],
    [4, "undo", 1],
    [5, "redo", 1],
    [6, "relabel", undefined],
  ]);
});

test("dropped images come back", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  await editor.apply({ action: "drop", ids: [1, 2, 3] });
  await editor.apply({ action: "restore", ids: [2] });
  await editor.close();
  const { rows } = await openCollection(folder);
  expect([...rows.status.subarray(0, 4)].map((code) => rowStatuses[code])).toEqual([
    "dropped",
    "live",
    "dropped",
    "live",
  ]);
});

test("a second writer is refused, and a reader is not", async () => {
  const folder = await sample();
  const editor = await editCollection(folder, { work: "maskcon studio" });
  await expect(editCollection(folder)).rejects.toThrow(
    /expected a collection nobody writes at the moment, found maskcon studio \(process \d+ on /,
  );
  expect((await openCollection(folder)).rows.length).toBe(12);
  await editor.close();
  await (await editCollection(folder)).close();
});

test("what is no action is refused, and nothing is written", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  const refused = async (edit: object, message: RegExp) =>
    expect(editor.apply(edit as Parameters<typeof editor.apply>[0])).rejects.toThrow(message);
  await refused({ action: "relabel", ids: [13], coarse: "shoe" }, /expected ids of its rows, found 13/);
  await refused({ action: "relabel", ids: [], coarse: "shoe" }, /expected ids of images, found none/);
  await refused({ action: "relabel", ids: [1] }, /a class, coarse or fine/);
  await refused({ action: "relabel", ids: [1], coarse: "" }, /coarse/);
  await refused({ action: "relabl", ids: [1] }, /did you mean "relabel"\?/);
  await editor.close();
  expect(existsSync(journal(folder))).toBe(false);
});

test("a torn last line is passed over, and cut by the next action", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  await editor.apply({ action: "drop", ids: [1] });
  await editor.close();
  const whole = readFileSync(journal(folder), "utf8");
  appendFileSync(journal(folder), whole.slice(0, -1).replace('"n":1', '"n":2'));
  expect((await labelsOf(folder, 1))[2]).toBe("dropped");
  const again = await editCollection(folder);
  await again.apply({ action: "drop", ids: [2] });
  await again.close();
  expect(
    readFileSync(journal(folder), "utf8")
      .split("\n")
      .map((line) => line.slice(0, 6)),
  ).toEqual(['{"n":1', '{"n":2', ""]);
  expect(readFileSync(journal(folder), "utf8").startsWith(whole)).toBe(true);
});

test.each<[string, (lines: string[]) => string[]]>([
  ["changed", ([a, b, c]) => [a!, b!.replace("shoe", "shop"), c!]],
  ["taken out", ([a, , c]) => [a!, c!]],
  ["moved", ([a, b, c]) => [b!, a!, c!]],
  ["there twice", ([a, b, c]) => [a!, b!, b!, c!]],
  ["the last one, and whole", ([a, b, c]) => [a!, b!, c!.replace("shoe", "shop")]],
  ["no JSON", ([a, , c]) => [a!, "\0\0\0", c!]],
])("a line that is %s is one clear error", async (_, change) => {
  const folder = await sample();
  const editor = await editCollection(folder);
  for (const id of [1, 2, 3]) await editor.apply({ action: "relabel", ids: [id], coarse: "shoe" });
  await editor.close();
  const lines = readFileSync(journal(folder), "utf8").trimEnd().split("\n");
  writeFileSync(journal(folder), `${change(lines).join("\n")}\n`);
  await expect(openCollection(folder)).rejects.toThrow(/edits\.jsonl, line \d: expected a line with its own checksum/);
});

test("a hundred thousand ids are one short line", { timeout: 60_000 }, async () => {
  const folder = temporaryFolder();
  await writeSample(folder, [sampleRows(1, 100_000)], { trained: 1, frozen: 1 });
  const editor = await editCollection(folder);
  const ids = Int32Array.from({ length: 100_000 }, (_, i) => i + 1);
  await editor.apply({ action: "relabel", ids, coarse: "everything" });
  await editor.apply({ action: "drop", ids: ids.filter((id) => id % 2 === 0) });
  await editor.close();
  const { rows } = await openCollection(folder);
  expect(new Set(rows.coarse.numbers)).toEqual(new Set([rows.coarse.names.indexOf("everything")]));
  expect(rows.status.reduce((sum, code) => sum + (code === 1 ? 1 : 0), 0)).toBe(50_000);
  expect(readFileSync(journal(folder)).length).toBeLessThan(400_000);
});

test("what another program wrote to the journal is not cut, and a closed editor writes nothing", async () => {
  const folder = await sample();
  const first = await editCollection(folder);
  await first.apply({ action: "drop", ids: [1] });
  // As where somebody removes the lock by hand.
  rmSync(join(folder, "collection.lock"));
  const second = await editCollection(folder);
  await second.apply({ action: "drop", ids: [2] });
  await expect(first.apply({ action: "drop", ids: [3] })).rejects.toThrow(/another program wrote to it; open the coll/);
  await second.apply({ action: "drop", ids: [4] });
  await second.close();
  for (const work of [() => second.apply({ action: "drop", ids: [5] }), () => second.undo(), () => second.redo()]) {
    await expect(work()).rejects.toThrow(/expected an editor of the collection, found one that was closed/);
  }
  await first.close();
  const { rows } = await openCollection(folder);
  expect([...rows.ids].filter((_, row) => rows.status[row] !== 0)).toEqual([1, 2, 4]);
});

test("an action with ids of groups is refused before it is written", async () => {
  const folder = await sample();
  const editor = await editCollection(folder);
  const edit = { action: "assign", ids: [2], group: null, made: "1" } as const;
  await expect(editor.apply(edit)).rejects.toThrow(/whose groups get their ids here, found ids of them/);
  await editor.close();
  expect(existsSync(journal(folder))).toBe(false);
});

test.skipIf(process.platform === "win32").each(["parts", "edits.jsonl", "sheets", "groups"])(
  "a collection whose %s is a link is not written to",
  async (name) => {
    const folder = await sample();
    const elsewhere = join(temporaryFolder(), "mine");
    if (name === "parts") renameSync(join(folder, name), elsewhere);
    else if (name === "edits.jsonl") writeFileSync(elsewhere, "{}");
    else mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(folder, name));
    await expect(editCollection(folder)).rejects.toThrow(
      /the collection's own file or folder, found a link to another/,
    );
    expect(existsSync(join(folder, "collection.lock"))).toBe(false);
  },
);
