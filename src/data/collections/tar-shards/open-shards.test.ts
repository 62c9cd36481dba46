import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { png, put } from "../../../../test/data-samples.ts";
import { tarOf } from "../../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { type Dataset, idOf } from "../../dataset.ts";
import { readImage } from "../../loader/read-image.ts";
import { openData, openImages } from "../../open.ts";

type Members = [string, string | Uint8Array][];

/** Samples 000.png with the red of their number, and whatever `labels` adds to each. */
async function samples(count: number, labels: (i: number) => [ending: string, content: string][]): Promise<Members> {
  const members: Members = [];
  for (let i = 0; i < count; i++) {
    const key = `s/${String(i).padStart(3, "0")}`;
    members.push([`${key}.png`, await png(10 * i)]);
    for (const [ending, content] of labels(i)) members.push([`${key}.${ending}`, content]);
  }
  return members;
}

const labelled = (set: Dataset) =>
  Array.from(set.coarse, (label, i) => {
    const fine = set.fine && set.fineClasses![set.fine[i]!];
    return [idOf(set, i), set.coarseClasses[label], ...(fine === undefined ? [] : [fine])];
  });

const alternately = (a: string, b: string) => (i: number) => (i % 2 === 0 ? a : b);

describe("tar shards", () => {
  it("are read by name with their splits; images stay in them where pixels do not fit", async () => {
    const folder = temporaryFolder();
    const cls = alternately("cat", "dog");
    put(folder, "train-000000.tar", await tarOf(await samples(3, (i) => [["cls", `${cls(i)}\n`]])));
    put(folder, "train-000001.tar", await tarOf(await samples(2, (i) => [["cls", cls(i)]])));
    put(folder, "test-000000.tar", await tarOf(await samples(2, (i) => [["cls", cls(i)]])));
    const { train, test } = await openData(folder);
    expect(labelled(train)).toEqual([
      ["train-000000.tar/s/000.png", "cat"],
      ["train-000000.tar/s/001.png", "dog"],
      ["train-000000.tar/s/002.png", "cat"],
      ["train-000001.tar/s/000.png", "cat"],
      ["train-000001.tar/s/001.png", "dog"],
    ]);
    expect(test!.length).toBe(2);
    const left = (await openData(folder, { cacheBytes: 0 })).train;
    expect([train.source.kind, left.source.kind]).toEqual(["packed", "slices"]);
    for (const i of [0, 1, 2, 3, 4]) expect(await readImage(left, i)).toEqual(await readImage(train, i));
    expect((await readImage(left, 2)).data[0]).toBe(20);
    expect((await openImages(folder)).length).toBe(7);
  });

  it.each<[string, (i: number) => [string, string][], Record<string, string>]>([
    [
      "parts",
      (i) => [
        ["coarse.cls", alternately("0", "1")(i)],
        ["fine.cls", String(i)],
      ],
      {},
    ],
    ["JSON", (i) => [["json", JSON.stringify({ coarse: i % 2, fine: `${i}` })]], {}],
    [
      "named keys",
      (i) => [["json", JSON.stringify({ genus: i % 2, species: i, label: "x" })]],
      { coarseColumn: "genus", fineColumn: "species" },
    ],
  ])("take coarse and fine labels from %s", async (_, labels, options) => {
    const file = put(temporaryFolder(), "x-000000.tar", await tarOf(await samples(4, labels)));
    const { train } = await openData(file, { testFraction: 0, ...options });
    expect(labelled(train).map(([, ...both]) => both)).toEqual([
      ["0", "0"],
      ["1", "1"],
      ["0", "2"],
      ["1", "3"],
    ]);
  });

  it("may have the split inside their names; a folder's name goes before it", async () => {
    const folder = temporaryFolder();
    const cls = alternately("cat", "dog");
    const tar = async (count: number) => tarOf(await samples(count, (i) => [["cls", cls(i)]]));
    put(folder, "imagenet-train-000000.tar", await tar(4));
    put(folder, "imagenet-val-000000.tar", await tar(2));
    const { train, test } = await openData(folder, { testFraction: 0 });
    expect([train.length, test!.length]).toEqual([4, 2]);
    const apart = temporaryFolder();
    put(apart, "train/my-dev-set-0.tar", await tar(4));
    put(apart, "test/my-dev-set-0.tar", await tar(2));
    expect((await openData(apart, { testFraction: 0 })).train.length).toBe(4);
  });

  it("refuse names of keys and parts that no sample has, with those that are there", async () => {
    const json = (i: number) => JSON.stringify({ coarse: i % 2, breed: i });
    const file = put(temporaryFolder(), "x.tar", await tarOf(await samples(4, (i) => [["json", json(i)]])));
    expect((await openData(file, { testFraction: 0, fineColumn: "breed" })).train.fineClasses).toHaveLength(4);
    await expect(openData(file, { fineColumn: "bred" })).rejects.toThrow(
      'x.tar, fineColumn "bred": expected a part or a key of the JSON that samples have, ' +
        'found samples with png, json, coarse, breed; did you mean "breed"?',
    );
    await expect(openData(file, { coarseColumn: "coarce" })).rejects.toThrow(
      "found the parts and keys png, json, coarse, breed",
    );
    for (const open of [openData, openImages]) {
      await expect(open(file, { imageColumn: "photo" })).rejects.toThrow(
        'imageColumn "photo": expected a part or a key of the JSON that samples have, found samples with png, json',
      );
    }
  });

  it("become coarse to fine by a map", async () => {
    const folder = temporaryFolder();
    const coarseMap = put(folder, "map.csv", "coarse,fine\nodd,1\nodd,3\neven,0\neven,2\n");
    for (const ending of ["cls", "fine.cls", "txt"]) {
      const file = put(folder, `${ending}.tar`, await tarOf(await samples(4, (i) => [[ending, String(i)]])));
      const { train } = await openData(file, { testFraction: 0, coarseMap });
      expect(labelled(train).map(([, ...both]) => both)).toEqual([
        ["even", "0"],
        ["odd", "1"],
        ["even", "2"],
        ["odd", "3"],
      ]);
    }
  });

  it("may have names longer than a header, in every dialect's way", async () => {
    const long = `${"deep/".repeat(30)}${"n".repeat(120)}`;
    const members: Members = [
      [`${long}.png`, await png(1)],
      [`${long}.cls`, "a"],
      ["b.png", await png(2)],
      ["b.cls", "b"],
    ];
    const pax = put(temporaryFolder(), "x.tar", await tarOf(members));
    expect(labelled((await openData(pax, { testFraction: 0 })).train)[0]).toEqual([`x.tar/${long}.png`, "a"]);
    const name = Buffer.from(`${long}.png\0`);
    const gnu = await tarOf([
      ["LONG", name],
      ["short", await png(1)],
    ]);
    retype(gnu, 0, "L");
    const file = put(temporaryFolder(), "x.tar", gnu);
    expect(idOf(await openImages(file), 0)).toBe(`x.tar/${long}.png`);
  });

  it("count samples without an image and damaged images as unreadable", async () => {
    const members = await samples(4, (i) => [["cls", alternately("a", "b")(i)]]);
    members.push(["s/100.cls", "a"], ["s/101.png", "no picture"], ["s/101.cls", "b"]);
    const file = put(temporaryFolder(), "x.tar", await tarOf(members));
    await expect(openData(file)).rejects.toThrow("2 of 6 unreadable: x.tar/s/100 (a sample without an image)");
    expect((await openData(file, { maxBad: 2, testFraction: 0 })).train.length).toBe(4);
  });

  it.each<[string, Members, string]>([
    [
      "no label",
      [
        ["a.png", "x"],
        ["a.jpeg.txt", "x"],
      ],
      "byte 512 (a.png): expected a label: cls, coarse.cls",
    ],
    [
      "a part twice",
      [
        ["a.png", "x"],
        ["a.png", "x"],
      ],
      "byte 1536: expected each part of a sample once, found a.png again",
    ],
    [
      "a sample twice",
      [
        ["a.png", "x"],
        ["a.cls", "1"],
        ["b.png", "x"],
        ["b.cls", "1"],
        ["a.png", "x"],
      ],
      "byte 4608: expected each sample once, its parts after each other, found sample a again (a.png), after byte 512",
    ],
    [
      "two images",
      [
        ["a.png", "x"],
        ["a.mask.png", "x"],
        ["a.cls", "1"],
      ],
      "sample a: expected one image in a sample, found png, mask.png",
    ],
    [
      "broken JSON",
      [
        ["a.png", "x"],
        ["a.json", "{"],
      ],
      "byte 1536 (a.json), line 1, character 2: expected JSON",
    ],
    [
      "a list as label",
      [
        ["a.png", "x"],
        ["a.json", '{"label":[1]}'],
      ],
      'expected text or a whole number as "label", found [1]',
    ],
    [
      "fine labels for some",
      [
        ["a.png", "x"],
        ["a.cls", "1"],
        ["b.png", "x"],
        ["b.cls", "1"],
        ["b.fine.cls", "2"],
      ],
      "one for x.tar/b.png and none here",
    ],
    ["nothing", [["README", "x"]], "expected samples with an image and its label, found none"],
  ])("are refused with %s", async (_, members, message) => {
    const file = put(temporaryFolder(), "x.tar", await tarOf(members));
    await expect(openData(file)).rejects.toThrow(message);
  });

  it("are refused where they are cut, compressed or not tar at all", async () => {
    const whole = await tarOf(await samples(2, (i) => [["cls", String(i)]]));
    const open = (bytes: Uint8Array) => openData(put(temporaryFolder(), "x.tar", bytes));
    await expect(open(whole.subarray(0, 530))).rejects.toThrow(
      /x\.tar, byte 512: expected \d+ bytes of s\/000\.png, found 18 before/,
    );
    await expect(open(whole.subarray(0, 300))).rejects.toThrow(
      "x.tar, byte 0: expected a header of 512 bytes, found 300 before the file ends; fetch it again",
    );
    for (const bytes of [gzipSync(whole), gzipSync("short"), gzipSync(randomBytes(1000))]) {
      await expect(open(bytes)).rejects.toThrow("x.tar, byte 0: expected a tar file, found a gzip file; decompress it");
    }
    await expect(open(Buffer.alloc(2048, "hello"))).rejects.toThrow(
      "x.tar, byte 0: expected a tar file, found no header",
    );
    const absurd = Buffer.from(whole);
    absurd.write("77777777777\0", 124, "latin1");
    fixChecksum(absurd, 0);
    await expect(open(absurd)).rejects.toThrow("byte 512: expected 8589934591 bytes of s/000.png");
  });

  it("are refused where they are cut between blocks, unless one of the two zero blocks is left", async () => {
    const whole = await tarOf(await samples(2, (i) => [["cls", String(i)]]));
    const file = join(temporaryFolder(), "x.tar");
    const open = (bytes: Uint8Array) => {
      writeFileSync(file, bytes);
      return openData(file, { testFraction: 0 });
    };
    const end = whole.length - 1024;
    for (let at = 0; at <= end; at += 512) {
      await expect(open(whole.subarray(0, at)), `${at} bytes`).rejects.toThrow(/x\.tar, byte \d+: .*; fetch it again/);
    }
    await expect(open(whole.subarray(0, 2048))).rejects.toThrow(
      "x.tar, byte 2048: expected the two zero blocks that end an archive, found the end of the file; fetch it again",
    );
    const padded = Buffer.concat([whole, Buffer.alloc(2 ** 21)]);
    for (const bytes of [whole.subarray(0, end + 512), whole, padded]) expect((await open(bytes)).train.length).toBe(2);
  });

  it("are refused where they go on after their end: a header of zeros, or several in one", async () => {
    const whole = await tarOf(await samples(2, (i) => [["cls", String(i)]]));
    const open = (bytes: Uint8Array) => openData(put(temporaryFolder(), "x.tar", bytes));
    await expect(open(Buffer.from(whole).fill(0, 2048, 2560))).rejects.toThrow(
      "x.tar, byte 2560: expected zeros alone after the zero block at byte 2048, which ends an archive, found other bytes; " +
        "it is perhaps several archives in one: unpack it with tar -i, and pack it again",
    );
    await expect(open(Buffer.concat([whole, whole]))).rejects.toThrow(`x.tar, byte ${whole.length}: expected zeros`);
    const far = Buffer.concat([whole, Buffer.alloc(2 ** 21)]);
    far[far.length - 1] = 1;
    await expect(open(far)).rejects.toThrow(`x.tar, byte ${far.length - 512}: expected zeros`);
  });

  it.each([
    [["a/1.png", "b/1.png", "c/1.png"], "backup.tar", "the folders a and b, and backup.tar"],
    [["a/1.png", "b/1.png"], "x.parquet", "the folders a and b, and x.parquet"],
    [["a/1.png", "b/1.png"], "data/x.parquet", "the folders a and b, and data/x.parquet"],
    [["train/a/1.png", "train/b/1.png"], "train-0.tar", "the folders train/a and train/b, and train-0.tar"],
  ])("are not mixed with folders of classes %j: %s", async (paths, file, found) => {
    const folder = temporaryFolder();
    put(folder, file, "whatever");
    for (const path of paths) put(folder, path, await png(1));
    for (const open of [openData, openImages]) {
      await expect(open(folder)).rejects.toThrow(
        `${folder}: expected images in folders, or in files that hold many, found both: ${found}; move one`,
      );
    }
  });

  it("are not mixed with Parquet files", async () => {
    const folder = temporaryFolder();
    for (const name of ["a.tar", "data/b.parquet"]) put(folder, name, "whatever");
    await expect(openData(folder)).rejects.toThrow(
      "expected files of one kind, found data/b.parquet and a.tar; move one kind elsewhere",
    );
  });

  it.each([
    ["x.tar.gz", "gunzip"],
    ["x.TGZ", "gunzip"],
    ["train/x.tar.xz", "unxz"],
  ])("are to be decompressed first: %s", async (name, tool) => {
    const folder = temporaryFolder();
    const file = put(folder, name, "whatever");
    for (const data of [file, folder]) {
      for (const open of [openData, openImages]) {
        await expect(open(data)).rejects.toThrow(
          `${file}: expected a tar of images and labels, whose parts can be read one by one, found a compressed one; ` +
            `decompress first (${tool} ${name.split("/").at(-1)})`,
        );
      }
    }
  });
});

function retype(tar: Buffer, header: number, type: string): void {
  tar.write(type, header + 156, "latin1");
  fixChecksum(tar, header);
}

function fixChecksum(tar: Buffer, header: number): void {
  tar.fill(" ", header + 148, header + 156, "latin1");
  const sum = tar.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, header + 148, "latin1");
}
