import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { floats, headModel, joinOptions, node, putModel, SIDE, value } from "../../test/joined-models.ts";
import { messageOfRefusal } from "../../test/refusals.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { backboneFacts, importPart, joinModels, openPrefix, openTrunk, readParameters } from "./index.ts";

const tensors = { kernel: [5, 3, 3, 3], shift: [5, 1, 1] } as const;
const parameters = Object.entries(tensors).map(([name, shape]) => ({ name, shape, block: 0, decays: true }));
const closed = async (opened: Promise<{ close(): Promise<void> }>) => (await opened).close();

/** Everything that reads the numbers of a foreign model, or has ONNX Runtime read them. */
const readers: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  backboneFacts: (file) => backboneFacts(file),
  openTrunk: (file) => closed(openTrunk({ file, imageSize: SIDE })),
  "openTrunk with trained numbers": (file) =>
    closed(openTrunk({ file, imageSize: SIDE, numbers: new Map([["shift", new Float32Array(5)]]) })),
  openPrefix: (file) => closed(openPrefix({ file, cut: "map", imageSize: SIDE })),
  importPart: (file) => importPart(file, { cut: "all", imageSize: SIDE }),
  "importPart of a tail": (file) => importPart(file, { cut: 1, imageSize: SIDE }),
  readParameters: (file) => readParameters(file, { parameters }),
  joinModels: async (file) => {
    const { pieces } = await joinModels(joinOptions(file, headModel(5).bytes));
    for await (const _ of pieces());
  },
};

const BYTES = 4096;

/** A folder in which nothing may be opened but `some.bin`: its pipes never end. */
function place(): string {
  const root = temporaryFolder();
  const folder = join(root, "model");
  mkdirSync(folder);
  writeFileSync(join(folder, "some.bin"), new Uint8Array(Float32Array.from({ length: BYTES / 4 }, (_, i) => i).buffer));
  writeFileSync(join(root, "outside.bin"), new Uint8Array(BYTES));
  for (const pipe of [join(root, "pipe"), join(folder, "pipe")]) spawnSync("mkfifo", [pipe]);
  symlinkSync(join(root, "pipe"), join(folder, "link"));
  symlinkSync(join(root, "outside.bin"), join(folder, "link.bin"));
  symlinkSync(root, join(folder, "above"));
  symlinkSync("loop", join(folder, "loop"));
  return folder;
}

type Entries = Readonly<Record<string, string>>;

/** A convolution whose two tensors lie in files, and in front of it one that any reader knows. */
function putWith(beside: Readonly<Record<keyof typeof tensors, Entries>>, folder: string): string {
  const initializer = Object.entries(tensors).map(([name, dims]) => ({
    ...{ name, dims, dataType: 1, dataLocation: 1 },
    externalData: Object.entries(beside[name as keyof typeof tensors]).map(([key, text]) => ({ key, value: text })),
  }));
  const graph = {
    name: "trunk",
    node: [
      node("Conv", "pixels first", "before"),
      node("Relu", "before", "active"),
      node("Conv", "active kernel", "map"),
      node("Add", "map shift", "features"),
    ],
    initializer: [floats("first", 3, 3, 1, 1), ...initializer],
    input: [value("pixels", ["N", 3, SIDE, SIDE])],
    output: [value("features", ["N", 5, "h", "w"])],
  };
  return putModel(graph, {}, folder);
}

const outside = /: expected files with numbers in its own folder, found .*; place them beside it/;
const short = /some\.bin: expected \d+ bytes, for the tensor "(kernel|shift)" of .*, found 4096 bytes; fetch/;
const number = /trunk\.onnx, byte \d+: expected /;
const hostile: readonly (readonly [what: string, entries: Entries, message: RegExp])[] = [
  ["a file above", { location: "../outside.bin" }, outside],
  ["a pipe above", { location: "../pipe" }, outside],
  ["a way that leaves its folder", { location: "some.bin/../../outside.bin" }, outside],
  ["an absolute path", { location: "/dev/zero" }, outside],
  ["an absolute path of Windows", { location: "C:\\windows\\win.ini" }, outside],
  ["backslashes", { location: "..\\outside.bin" }, outside],
  ["a link to a file outside", { location: "link.bin" }, outside],
  ["a link to a pipe outside", { location: "link" }, outside],
  ["a folder that is a link", { location: "above/outside.bin" }, outside],
  ["a link to itself", { location: "loop" }, /loop: expected a readable file/],
  ["a pipe beside it", { location: "pipe" }, /pipe: expected a readable file, found a pipe or a device/],
  ["a missing file", { location: "none.bin" }, /none\.bin: expected a readable file, found nothing of that name/],
  ["its own folder", { location: "." }, /expected a readable file, found a folder/],
  ["no name", { location: "" }, outside],
  ["a zero in the name", { location: "some.bin\0" }, outside],
  ["an offset near the end", { location: "some.bin", offset: String(BYTES - 2) }, short],
  ["an offset beyond all", { location: "some.bin", offset: "9007199254740991" }, short],
  ["a negative offset", { location: "some.bin", offset: "-4" }, number],
  ["a length beyond the file", { location: "some.bin", length: "8192" }, number],
  ["a length that overflows", { location: "some.bin", length: "18446744073709551615" }, number],
  ["a length of other numbers", { location: "some.bin", length: "3" }, number],
];

describe.each(Object.entries(readers))("%s", (_, read) => {
  test.each(hostile)("refuses %s", async (_, entries, message) => {
    const fine = { location: "some.bin", offset: "2048" };
    for (const beside of [
      { kernel: entries, shift: fine },
      { kernel: { location: "some.bin" }, shift: entries },
    ]) {
      const said = await messageOfRefusal(read(putWith(beside, place())));
      expect(said).toMatch(message);
      expect(said).not.toMatch(/\n|undefined|NaN/);
    }
  });

  test("reads parts of one file that overlap, at any offset", async () => {
    const beside = { kernel: { location: "some.bin", offset: "2" }, shift: { location: "some.bin", offset: "4" } };
    await read(putWith(beside, place()));
  });
});

test("numbers are those at the offset", async () => {
  const beside = { kernel: { location: "some.bin" }, shift: { location: "some.bin", offset: "400", length: "20" } };
  const { kernel, shift } = await readParameters(putWith(beside, place()), { parameters });
  expect([...shift!]).toEqual([100, 101, 102, 103, 104]);
  expect([...kernel!.subarray(0, 3)]).toEqual([0, 1, 2]);
});
