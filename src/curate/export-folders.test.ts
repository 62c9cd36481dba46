import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { png } from "../../test/data-samples.ts";
import { HOSTILE_NAMES, hostileName } from "../../test/hostile-names.ts";
import { tarOf } from "../../test/tar-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type CollectionEdit, editCollection, hashOf, openCollection } from "../collection/index.ts";
import { unfitFolder } from "../core/index.ts";
import { labelsOfFolder, openData, openImages } from "../data/index.ts";
import { exportFolders, type FolderOptions } from "./export-folders.ts";
import { checkFolderNames, unfitFile } from "./folder-names.ts";

const COUNT = 24;
const shortHash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex").slice(0, 32);

interface Sample {
  readonly split?: (i: number) => string | undefined;
  readonly fine?: (i: number) => string | undefined;
  readonly name?: (i: number) => string;
}

/** Pictures in two coarse classes, collected; `edits` applied. */
async function sample(
  { split, fine = () => undefined, name = (i) => `${i}.png` }: Sample,
  edits: CollectionEdit[] = [],
) {
  const root = temporaryFolder();
  const files: string[] = [];
  const rows = [];
  for (let i = 0; i < COUNT; i++) {
    const file = join(root, "data", i % 2 ? "b" : "a", name(i));
    const bytes = await png(10 * i, 16, 16);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    files.push(file);
    const labels = { coarse: i % 2 ? "b" : "a", fine: fine(i), split: split?.(i) };
    rows.push(sampleRow(i + 1, { ...labels, file, name: file.slice(root.length + 6), hash: shortHash(bytes) }));
  }
  mkdirSync(join(root, "col"));
  await writeSample(join(root, "col"), [rows], { trained: 1, frozen: 1 });
  const editor = await editCollection(join(root, "col"));
  for (const edit of edits) await editor.apply(edit);
  await editor.close();
  const collection = await openCollection(join(root, "col"));
  const out = join(root, "out");
  return { root, files, collection, out, run: (o?: FolderOptions) => exportFolders(collection, out, o) };
}

const odd = Array.from({ length: 6 }, (_, i) => 2 * i + 1);
const grouped: CollectionEdit[] = [
  { action: "assign", ids: odd, group: "new", name: "striped cat" },
  { action: "assign", ids: [13, 15], group: "new" },
  { action: "drop", ids: [1] },
];

test("images go into folders of their class and group, and come back with the same labels", async () => {
  const { out, files, run } = await sample({ fine: (i) => (i % 2 ? `kind ${i % 3}` : undefined) }, grouped);
  const result = await run();
  expect(result).toMatchObject({
    linked: 19,
    copied: 0,
    extracted: 0,
    unsure: 4,
    unlabelled: 0,
    bad: [],
    splits: false,
  });
  expect(readdirSync(join(out, "a")).sort()).toEqual(["group-2", "striped cat"]);
  expect(readdirSync(join(out, "b")).sort()).toEqual(["kind 0", "kind 1", "kind 2"]);
  expect(statSync(join(out, "a/striped cat/2.png")).ino).toBe(statSync(files[2]!).ino);
  const { train, test: held } = await openData(out, { testFraction: 0.3 });
  const classes = [train, held!].flatMap((set) => Array.from(set.fine!, (number) => set.fineClasses![number]!));
  expect(classes.filter((name) => name === "striped cat")).toHaveLength(5);
  expect(train.coarseClasses).toEqual(["a", "b"]);
  expect((await openImages(out)).length).toBe(19);
});

test("a slash in a fine class makes a folder in a folder, which is read back as the same class", async () => {
  const { out, run } = await sample({ fine: (i) => (i % 3 ? "tops/long" : "tops") }, [
    { action: "assign", ids: odd, group: "new", name: "tops/short/red" },
  ]);
  await run();
  expect(readdirSync(join(out, "a/tops/short/red"))).toHaveLength(odd.length);
  const { train } = await openData(out, { testFraction: 0 });
  expect(new Set(train.fineClasses)).toEqual(
    new Set(["a/tops", "b/tops", "a/tops/long", "b/tops/long", "tops/short/red"]),
  );
});

test("splits lie above the classes; images that are not sure may have a folder; copies take room of their own", async () => {
  const { out, files, run } = await sample({ split: (i) => (i < 16 ? "train" : "test") }, grouped.slice(0, 2));
  const result = await run({ copy: true, unsure: "folder" });
  expect(result).toMatchObject({ linked: 0, copied: 24, unsure: 0, splits: true });
  expect(readdirSync(out)).toEqual(["test", "train"]);
  expect(readdirSync(join(out, "train/b"))).toEqual(["not sure"]);
  expect(statSync(join(out, "train/a/striped cat/2.png")).ino).not.toBe(statSync(files[2]!).ino);
  const { train, test: held } = await openData(out);
  expect([train.length, held!.length]).toEqual([16, 8]);
});

test("splits can be left out: images of one name from both lie beside each other", async () => {
  const { root, collection, out } = await sample({
    split: (i) => (i % 4 < 2 ? "train" : "test"),
    fine: (i) => `kind ${i % 2}`,
    name: (i) => `${i % 4 < 2 ? "train" : "test"}/${i >> 2}.png`,
  });
  expect(await exportFolders(collection, join(root, "with"))).toMatchObject({ linked: COUNT, splits: true });
  expect(await exportFolders(collection, out, { splits: false })).toMatchObject({ linked: COUNT, splits: false });
  expect(readdirSync(out)).toEqual(["a", "b"]);
  expect(readdirSync(join(out, "a/kind 0"))).toHaveLength(COUNT / 2);
  expect(readdirSync(join(out, "a/kind 0"))).toEqual(expect.arrayContaining(["0.png", "0-3.png"]));
  const hashes = (["a/kind 0", "b/kind 1"] as const).flatMap((below) =>
    readdirSync(join(out, below)).map((name) => shortHash(readFileSync(join(out, below, name)))),
  );
  expect(new Set(hashes)).toEqual(new Set([...collection.rows.ids.keys()].map((row) => hashOf(collection.rows, row))));
  const { train, test: held } = await openData(out, { testFraction: 0.5 });
  expect([train.length, held!.length]).toEqual([COUNT / 2, COUNT / 2]);
  expect([train.coarseClasses, train.fineClasses]).toEqual([
    ["a", "b"],
    ["kind 0", "kind 1"],
  ]);
});

test("images of one name lie beside each other", async () => {
  const { out, run } = await sample({ name: (i) => `${i >> 1}/x.png`, fine: () => "f" });
  expect((await run()).linked).toBe(24);
  expect(readdirSync(join(out, "a/f"))).toHaveLength(12);
  expect(readdirSync(join(out, "a/f"))).toEqual(expect.arrayContaining(["x.png", "x-3.png"]));
});

test("what changed or is gone is named, and nothing is written; or left out, as many as may be", async () => {
  const { root, out, files, run } = await sample({ fine: () => "f" });
  writeFileSync(files[4]!, await png(200, 16, 16));
  await expect(run()).rejects.toThrow(/a\/4\.png: expected images as they were collected, .*content changed/);
  rmSync(files[7]!);
  await expect(run({ maxBad: 1 })).rejects.toThrow(/--max-bad N/);
  expect(readdirSync(root).sort()).toEqual(["col", "data"]);
  const result = await run({ maxBad: 2 });
  expect(result.linked).toBe(22);
  expect(result.bad.map(({ name }) => name).sort()).toEqual(["a/4.png", "b/7.png"]);
  expect(existsSync(join(out, "a/f/4.png"))).toBe(false);
});

test("where every image is gone nothing is written, however many may be left out", async () => {
  const { root, files, run } = await sample({ fine: () => "f" });
  for (const file of files) rmSync(file);
  await expect(run({ maxBad: 999 })).rejects.toThrow(/expected images as they were collected, [^;]*; collect again$/);
  expect(readdirSync(root).sort()).toEqual(["col", "data"]);
});

test("a link is followed to what was collected, and to nothing else", async () => {
  const { root, out, files, run } = await sample({ fine: () => "f" });
  const bytes = readFileSync(files[0]!);
  rmSync(files[0]!);
  writeFileSync(join(root, "elsewhere.png"), bytes);
  symlinkSync(join(root, "elsewhere.png"), files[0]!);
  rmSync(files[2]!);
  writeFileSync(join(root, "secret"), "secret");
  symlinkSync(join(root, "secret"), files[2]!);
  expect((await run({ maxBad: 1 })).bad.map(({ name }) => name)).toEqual(["a/2.png"]);
  const exported = join(out, "a/f/0.png");
  expect(readFileSync(exported).equals(bytes)).toBe(true);
  expect(statSync(exported).isFile()).toBe(true);
  rmSync(join(root, "elsewhere.png"));
  expect(readFileSync(exported).equals(bytes)).toBe(true);
});

test("images of an archive are taken out of it", async () => {
  const { root, collection, files, run } = await sample({ fine: () => "f", name: (i) => `${i}.png` });
  const members = files.map((file, i) => [`${i % 2 ? "b" : "a"}/${i}.png`, readFileSync(file)] as const);
  const tar = join(root, "shard.tar");
  writeFileSync(tar, await tarOf(members.flatMap(([name, bytes]) => [[name, bytes] as const])));
  const { rows, record } = collection;
  const inTar = {
    ...collection,
    rows: { ...rows, files: rows.files.map(() => undefined) },
    record: { ...record, sources: [{ data: tar, folder: "" }] },
  };
  rmSync(join(root, "data"), { recursive: true });
  const result = await exportFolders(inTar, join(root, "out"));
  expect(result).toMatchObject({ linked: 0, copied: 0, extracted: 24 });
  expect(result.classes).toEqual(["a", "b"].map((coarse) => ({ coarse, fine: "f", images: 12 })));
  expect(readFileSync(join(root, "out/a/f/4.png")).equals(members[4]![1])).toBe(true);
  await expect(run()).rejects.toThrow(/expected a new or empty folder/);
});

test("a folder with something in it is refused, an empty one is taken; stopping leaves nothing", async () => {
  const { root, out, run } = await sample({ fine: () => "f" });
  mkdirSync(out);
  writeFileSync(join(out, "mine"), "");
  await expect(run()).rejects.toThrow(/expected a new or empty folder, found mine in it/);
  rmSync(join(out, "mine"));
  const stop = new AbortController();
  const half = ({ done }: { readonly done: number }) => done >= COUNT / 2 && stop.abort(new Error("stopped"));
  for (const o of [{ signal: AbortSignal.abort(new Error("stopped")) }, { signal: stop.signal, progress: half }]) {
    await expect(run(o)).rejects.toThrow("stopped");
    expect(readdirSync(root).sort()).toEqual(["col", "data", "out"]);
    expect(readdirSync(out)).toEqual([]);
  }
  expect((await run()).linked).toBe(24);
});

test("what came into being at the place meanwhile stays, and the error says so", async () => {
  const { root, out, run } = await sample({ fine: () => "f" });
  const meanwhile = (make: () => void): FolderOptions => ({ progress: ({ done }) => void (done === COUNT && make()) });
  const message = /out: expected a new folder, found one that came into being meanwhile; choose another name$/;
  const folder = meanwhile(() => {
    mkdirSync(out);
    writeFileSync(join(out, "mine"), "");
  });
  await expect(run(folder)).rejects.toThrow(
    expect.objectContaining({ code: "usage", message: expect.stringMatching(message) }),
  );
  expect(readdirSync(out)).toEqual(["mine"]);
  rmSync(out, { recursive: true });
  await expect(run(meanwhile(() => writeFileSync(out, "mine")))).rejects.toThrow(message);
  expect(readFileSync(out, "utf8")).toBe("mine");
  expect(readdirSync(root).sort()).toEqual(["col", "data", "out"]);
});

test("classes that cannot be folders are refused by name, before anything is written", async () => {
  const refused = async (name: string, message: RegExp) => {
    const { root, run } = await sample({ fine: () => "f" }, [{ action: "relabel", ids: [1], fine: name }]);
    await expect(run()).rejects.toThrow(message);
    expect(readdirSync(root).sort()).toEqual(["col", "data"]);
  };
  await refused("../x", /"\.\.\/x" \(it is no name of a folder\); name the group otherwise/);
  await refused("F", /"f" \(some disks take it for "F"\)/);
  await refused("CON", /"CON" \(Windows has no such folder\)/);
  const { run, root } = await sample({ fine: (i) => (i % 3 ? "train" : "test") });
  const looked: number[] = [];
  const names = /expected class names that an image folder can have, found "train" and "test"/;
  await expect(run({ progress: ({ done }) => void looked.push(done) })).rejects.toThrow(names);
  expect([looked, readdirSync(root).sort()]).toEqual([[], ["col", "data"]]);
});

test("ten thousand hostile names come back as folders and files, or are refused", { timeout: 60_000 }, async () => {
  const names = Array.from({ length: 10_000 }, (_, i) => HOSTILE_NAMES[i] ?? hostileName(i));
  for (const name of [
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "a\0b",
    "CON",
    ".hidden",
    "x".repeat(300),
    "a\nb",
    "trailing.",
  ])
    expect(unfitFolder(name), JSON.stringify(name)).toMatch(/^(it|a folder|Windows) .+/);
  for (const name of ["@SUM(A1)", "é", "😀", "-rf", "$HOME", "__proto__", " leading"])
    expect(unfitFolder(name)).toBeUndefined();
  const root = temporaryFolder();
  const fits = (name: string) => {
    try {
      checkFolderNames(new Map([[name, new Set<string>()]]), root);
      return unfitFolder(name) === undefined;
    } catch {
      return false;
    }
  };
  const seen = new Set<string>();
  const fitting = names.filter((name) => {
    const key = name.normalize("NFC").toLowerCase();
    return fits(name) && !seen.has(key) && seen.add(key);
  });
  expect(fitting.length).toBeGreaterThan(500);
  const empty = await png(1, 1, 1);
  writeFileSync(join(root, "empty"), empty);
  for (const name of fitting) {
    mkdirSync(join(root, "data/c", name), { recursive: true });
    linkSync(join(root, "empty"), join(root, "data/c", name, "0.png"));
  }
  const files = names
    .map((name) => `${name}.png`)
    .filter((name) => !name.includes("/") && unfitFile(name) === undefined);
  mkdirSync(join(root, "files/c/f"), { recursive: true });
  for (const name of new Set(files)) linkSync(join(root, "empty"), join(root, "files/c/f", name));
  expect(new Set((await labelsOfFolder(join(root, "data"))).map(({ fine }) => fine))).toEqual(new Set(fitting));
  expect(new Set((await labelsOfFolder(join(root, "files"))).map(({ id }) => id.slice(4)))).toEqual(new Set(files));
});

test("a group without a name and a fine class that is called like it are not one folder", async () => {
  const { run, root } = await sample({ fine: (i) => (i > 3 ? "group-1" : undefined) }, [
    { action: "assign", ids: [1, 3], group: "new" },
  ]);
  await expect(run()).rejects.toThrow(/found "group-1" of "a", a name that a group without a name would have, too/);
  expect(readdirSync(root).sort()).toEqual(["col", "data"]);
});

test("a split that is none is no folder", async () => {
  const { run, root } = await sample({ fine: () => "f", split: (i) => (i === 3 ? "../../elsewhere" : "train") });
  await expect(run()).rejects.toThrow(/the splits train and test, found "\.\.\/\.\.\/elsewhere"; .*--no-splits/);
  expect(readdirSync(root).sort()).toEqual(["col", "data"]);
  expect((await run({ splits: false })).linked).toBe(24);
});
