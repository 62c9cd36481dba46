import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { writePlanted } from "../../test/planted-groups.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection, groupsMade, openCollection } from "../collection/index.ts";
import { partsAlongTree } from "./parts-along-tree.ts";
import { proposeForCollection } from "./propose.ts";

async function planted() {
  const folder = temporaryFolder();
  await writePlanted(folder);
  const editor = await editCollection(folder);
  const { collection } = editor;
  const fineOf = (group: number) => {
    const { groups, fine } = collection.rows;
    const found = [...groups.of.keys()].filter((row) => groups.of[row] === group);
    return [...new Set(found.map((row) => fine.names[fine.numbers[row]!]))];
  };
  return { editor, collection, rows: collection.rows, fineOf };
}

test("planted groups are proposed, scored and taken into force", async () => {
  const { editor, collection, rows, fineOf } = await planted();
  const { proposal, classes } = await proposeForCollection(collection, { by: "trained" });
  expect(classes.map(({ coarse, images, groups, reason }) => [coarse, images, groups.length, reason])).toEqual([
    ["bird", 100, 2, "groups"],
    ["fish", 50, 1, "one-gaussian"],
  ]);
  expect(classes[0]!.scores).toEqual({ images: 100, ami: 1, ari: 1, accuracy: 1, found: 2, true: 2 });
  expect(classes[0]!.unsure).toBe(0);
  await editor.apply({ action: "propose", proposal });
  expect(rows.groups.list.map(({ coarse, size }) => [coarse, size])).toEqual([
    ["bird", 50],
    ["bird", 50],
    ["fish", 50],
  ]);
  expect([fineOf(1), fineOf(2), fineOf(3)].map((own) => own.length)).toEqual([1, 1, 1]);
  await editor.close();
});

test("dropped images, other classes and groups with a name are left out", async () => {
  const { editor, collection, rows } = await planted();
  const all = await proposeForCollection(collection, { by: "trained" });
  await editor.apply({ action: "propose", proposal: all.proposal });
  await editor.apply({ action: "name", group: rows.groups.of[0]!, name: "robin" });
  await editor.apply({ action: "drop", ids: [2] });
  const looked = async (o: object) => {
    const { proposal } = await proposeForCollection(collection, { by: "trained", ...o });
    return Array.from(proposal.ids, (id) => id % 3);
  };
  expect(await looked({})).toHaveLength(99);
  expect(new Set(await looked({ coarse: ["bird"] }))).toEqual(new Set([2]));
  expect(await looked({ coarse: ["bird"], replaceNamed: true })).toHaveLength(99);
  await expect(looked({ coarse: ["brid"] })).rejects.toThrow(
    /coarse: expected a coarse class of the collection, found "brid"/,
  );
  await expect(looked({ coarse: [null] })).rejects.toThrow(/expected images to group, found none/);
  await editor.close();
});

test("the same seed gives the same proposal", async () => {
  const { editor, collection } = await planted();
  const once = await proposeForCollection(collection, { by: "trained", seed: 4 });
  expect(await proposeForCollection(collection, { by: "trained", seed: 4 })).toEqual(once);
  await editor.close();
});

test("a merged group is split along the tree again", async () => {
  const { editor, collection, rows, fineOf } = await planted();
  const { proposal } = await proposeForCollection(collection, { by: "trained" });
  await editor.apply({ action: "propose", proposal });
  await editor.apply({ action: "merge", groups: [1, 2] });
  // A trout among the birds, which their tree does not have.
  await editor.apply({ action: "relabel", ids: [3], coarse: "bird" });
  await editor.apply({ action: "assign", ids: [3], group: 4 });
  const parts = await partsAlongTree(collection, 4, 2);
  expect(parts.map((part) => part.length)).toEqual([51, 50]);
  await editor.apply({ action: "split", group: 4, parts });
  expect(rows.groups.list.map(({ id, size }) => [id, size])).toEqual([
    [3, 49],
    [5, 51],
    [6, 50],
  ]);
  expect(fineOf(6)).toHaveLength(1);
  const many = await partsAlongTree(collection, 6, 10);
  expect(many).toHaveLength(10);
  expect(many.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual(
    [...rows.ids].filter((_, row) => rows.groups.of[row] === 6),
  );
  await expect(partsAlongTree(collection, 99, 2)).rejects.toThrow(/group 99: expected a group/);
  await expect(partsAlongTree(collection, 6, 1)).rejects.toThrow(/expected a count of parts from 2 on, found 1/);
  // As a whole in another class it is still split along the tree of its own.
  const moved = [...rows.ids].filter((_, row) => rows.groups.of[row] === 6);
  await editor.apply({ action: "relabel", ids: moved, coarse: "fish" });
  expect(rows.groups.list.find(({ id }) => id === 6)).toMatchObject({ coarse: "fish", size: moved.length });
  expect(await partsAlongTree(collection, 6, 10)).toEqual(many);
  await editor.undo();
  const alone = await editor.apply({ action: "assign", ids: [5], group: "new" });
  await expect(partsAlongTree(collection, Number(alone.values.made), 2)).rejects.toThrow(/one leaf of it/);
  await editor.close();
});

test("a group in no tree is split along one of its own images", { timeout: 60_000 }, async () => {
  const { editor, collection, rows, fineOf } = await planted();
  // By the trained vectors, but without the class of the birds.
  const { proposal } = await proposeForCollection(collection, { by: "trained", coarse: ["fish"] });
  await editor.apply({ action: "propose", proposal });
  const birds = [...rows.ids].filter((id) => id % 3 !== 0);
  const [group] = groupsMade(await editor.apply({ action: "assign", ids: birds, group: "new", name: "birds" }));
  const parts = await partsAlongTree(collection, group!, 2);
  expect(parts.map((part) => part.length)).toEqual([50, 50]);
  const many = await partsAlongTree(collection, group!, 7);
  expect(many).toHaveLength(7);
  expect(many.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual(birds);
  // Whoever opens the collection anew gets the same.
  const again = await openCollection(collection.folder);
  expect([await partsAlongTree(again, group!, 2), await partsAlongTree(again, group!, 7)]).toEqual([parts, many]);
  // What is dropped is in none of them, and the vectors of the others stand for themselves.
  await editor.apply({ action: "drop", ids: [birds[0]!, 3] });
  const left = await partsAlongTree(collection, group!, 2);
  expect(left.map((part) => part.length)).toEqual([50, 49]);
  expect(left).toEqual(await partsAlongTree(await openCollection(collection.folder), group!, 2));
  const [first, second] = groupsMade(await editor.apply({ action: "split", group: group!, parts: left }));
  expect([fineOf(first!), fineOf(second!)].map((own) => own.length)).toEqual([1, 1]);
  await editor.close();
});

test("a group is split by the frozen vectors where nothing was proposed", { timeout: 60_000 }, async () => {
  const { editor, collection, rows } = await planted();
  const ids = [...rows.ids].filter((id) => id % 3 === 1).slice(0, 30);
  const [group] = groupsMade(await editor.apply({ action: "assign", ids, group: "new" }));
  const parts = await partsAlongTree(collection, group!, 3);
  expect(parts).toHaveLength(3);
  expect(parts.flatMap((part) => [...part]).sort((a, b) => a - b)).toEqual(ids);
  await editor.apply({ action: "drop", ids });
  await expect(partsAlongTree(collection, group!, 2)).rejects.toThrow(/expected images to part, found none/);
  await editor.close();
});

test("images that are nearest to one leaf of a large class are split all the same", { timeout: 60_000 }, async () => {
  const { editor, collection, rows, fineOf } = await planted();
  const { proposal } = await proposeForCollection(collection, { by: "trained" });
  const { tree } = proposal.classes[0]!;
  const isBird = new Set(tree.leaves);
  const leaves = proposal.leaves.map((leaf) => (isBird.has(leaf) ? tree.leaves[0]! : leaf));
  await editor.apply({ action: "propose", proposal: { ...proposal, leaves } });
  const birds = [...rows.ids].filter((id) => id % 3 !== 0);
  const [group] = groupsMade(await editor.apply({ action: "assign", ids: birds, group: "new" }));
  const parts = await partsAlongTree(collection, group!, 2);
  expect(parts.map((part) => part.length)).toEqual([50, 50]);
  const made = groupsMade(await editor.apply({ action: "split", group: group!, parts }));
  expect(made.map((one) => fineOf(one).length)).toEqual([1, 1]);
  await editor.close();
});

test("copies of one image are no parts, and the message says what to do", async () => {
  const folder = temporaryFolder();
  const ids = Array.from({ length: 12 }, (_, i) => i + 1);
  const vectors = Float32Array.from({ length: 2 * ids.length }, (_, at) => (at + 1) % 2);
  await writeSample(folder, [ids.map((id) => sampleRow(id, { coarse: "one" }))], { frozen: 2, frozenVectors: vectors });
  const editor = await editCollection(folder);
  const [group] = groupsMade(await editor.apply({ action: "assign", ids, group: "new" }));
  await expect(partsAlongTree(editor.collection, group!, 2)).rejects.toThrow(
    /found one leaf of it; they are copies of one: drop some, or split it by ids/,
  );
  await editor.close();
});
