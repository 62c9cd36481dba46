import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { png, put, putPictures } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { random } from "../../core/index.ts";
import { type Dataset, idOf } from "../dataset.ts";
import { readImage } from "../loader/read-image.ts";
import { openData, openImages } from "../open.ts";

const labelled = (set: Dataset) =>
  [...set.coarse].map((label, i) => {
    const fine = set.fine && set.fineClasses![set.fine[i]!];
    return [idOf(set, i), set.coarseClasses[label], ...(fine === undefined ? [] : [fine])];
  });

const numbered = (folder: string, count: number) => Array.from({ length: count }, (_, i) => `${folder}/${i}.png`);

describe("an image folder", () => {
  it("takes sub-folders as coarse classes and passes over what is no picture", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["dog/b.png", "dog/a.PNG", "cat/x.png", "cat/.hidden.png"]);
    put(folder, "README.txt", "words");
    put(folder, "dog/Thumbs.db", "");
    const { train, test, skipped } = await openData(folder, { testFraction: 0 });
    expect(labelled(train)).toEqual([
      ["cat/x.png", "cat"],
      ["dog/a.PNG", "dog"],
      ["dog/b.png", "dog"],
    ]);
    expect([train.fine, train.fineClasses, test, skipped]).toEqual([undefined, undefined, undefined, []]);
    const { width, height, data } = await readImage(train, 2);
    expect([width, height, ...data.subarray(0, 3)]).toEqual([6, 4, 0, 20, 200]);
  });

  it("says which folders of classes hold no image", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    mkdirSync(join(folder, "cow"));
    put(folder, "notes/README.txt", "words");
    const warning = "no image in the folders cow, notes: no class is made of it";
    expect((await openData(folder)).warnings).toEqual([warning]);
    const splits = temporaryFolder();
    await putPictures(splits, ["train/cat/1.png", "train/dog/1.png", "test/cat/1.png"]);
    mkdirSync(join(splits, "test/dog"));
    expect((await openData(splits)).warnings).toEqual(["no image in the folder test/dog: no class is made of it"]);
  });

  it("takes folders inside as fine classes, told apart by their coarse class", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["train/cat/other/1.png", "train/dog/other/1.png", "test/dog/pug/1.png"]);
    const { train, test } = await openData(folder);
    expect(labelled(train)).toEqual([
      ["train/cat/other/1.png", "cat", "cat/other"],
      ["train/dog/other/1.png", "dog", "dog/other"],
    ]);
    expect(labelled(test!)).toEqual([["test/dog/pug/1.png", "dog", "pug"]]);
    expect(test!.fineClasses).toBe(train.fineClasses);
  });

  it.each([
    ["train", "eval"],
    ["training_set", "test_set"],
    ["train_images", "Validation-Images"],
  ])("refuses %s and %s as classes", async (train, test) => {
    const folder = temporaryFolder();
    await putPictures(folder, [`${train}/cat/1.png`, `${train}/dog/1.png`, `${test}/cat/1.png`]);
    await expect(openData(folder)).rejects.toThrow(
      `expected folders of classes, found "${train}" and "${test}"; call the splits train and test`,
    );
    expect(await openImages(folder)).toHaveLength(3);
  });

  it("refuses splits inside of classes, and takes a class that is called so", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/train/1.png", "cat/test/1.png", "dog/train/1.png", "dog/test/1.png"]);
    await expect(openData(folder)).rejects.toThrow(
      'found "train" and "test" inside of classes; move the splits above the classes: train/CLASS and test/CLASS',
    );
    const vehicles = temporaryFolder();
    await putPictures(vehicles, ["train/1.png", "bus/1.png", "contest/1.png"]);
    expect((await openData(vehicles, { testFraction: 0 })).train.coarseClasses).toEqual(["bus", "contest", "train"]);
  });

  it.each(["val", "valid", "validation", "dev", "Test"])("takes %s beside train as the test split", async (name) => {
    const folder = temporaryFolder();
    await putPictures(folder, ["train/cat/1.png", "train/dog/1.png", `${name}/cat/1.png`]);
    const { train, test } = await openData(folder);
    expect(train.coarseClasses).toEqual(["cat", "dog"]);
    expect([labelled(train).length, labelled(test!)]).toEqual([2, [[`${name}/cat/1.png`, "cat"]]]);
  });

  it("leaves a validation split out beside a test split", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["training/cat/1.png", "training/dog/1.png", "test/cat/1.png"]);
    put(folder, "val/cat/1.png", "unreadable");
    const { train, test } = await openData(folder);
    expect([...labelled(train), ...labelled(test!)].map(([id]) => id)).toEqual([
      "training/cat/1.png",
      "training/dog/1.png",
      "test/cat/1.png",
    ]);
  });

  it.each(["train", "Training"])("takes %s alone as the split where classes lie in it", async (name) => {
    const folder = temporaryFolder();
    await putPictures(folder, [`${name}/cat/1.png`, `${name}/cat/2.png`, `${name}/dog/1.png`, `${name}/dog/2.png`]);
    put(folder, "logs/meta", "words");
    put(folder, "meta", "no file of CIFAR-100");
    for (const preset of [undefined, "cifar100"]) {
      const { train, test } = await openData(folder, { preset });
      expect([train.coarseClasses, train.fineClasses]).toEqual([["cat", "dog"], undefined]);
      // The held-out tenth, as of any set without a test split.
      expect([train.length, test!.length]).toEqual([2, 2]);
    }
  });

  it("may have classes called like splits among others", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["train/1.png", "bus/1.png", "training/1.png"]);
    expect((await openData(folder, { testFraction: 0 })).train.coarseClasses).toEqual(["bus", "train", "training"]);
  });

  it("calls a fine class that lies deeper by its path below the coarse class", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, [
      "cat/house/tabby/1.png",
      "cat/house/2.png",
      "dog/small/pug/3.png",
      "dog/house/tabby/4.png",
    ]);
    const { train } = await openData(folder, { testFraction: 0 });
    expect(labelled(train).map(([, coarse, fine]) => [coarse, fine])).toEqual([
      ["cat", "house"],
      ["cat", "cat/house/tabby"],
      ["dog", "dog/house/tabby"],
      ["dog", "small/pug"],
    ]);
  });

  it("holds out a tenth of each class, by names and seed alone", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, [...numbered("cat", 20), ...numbered("dog", 30)]);
    const ids = async (seed: number) => labelled((await openData(folder, { seed })).test!).map(([id]) => id);
    const first = await ids(1);
    expect(first.filter((id) => id!.startsWith("cat"))).toHaveLength(2);
    expect(first.filter((id) => id!.startsWith("dog"))).toHaveLength(3);
    expect(await ids(1)).toEqual(first);
    expect(await ids(2)).not.toEqual(first);
    const { train } = await openData(folder, { seed: 1 });
    expect(train.length).toBe(45);
    expect(labelled(train).some(([id]) => first.includes(id))).toBe(false);
  });

  it.each([
    [
      ["a.png", "x/b.png"],
      "expected every image inside the folder of its coarse class, found a.png outside every class",
    ],
    [["x/b.png"], 'expected at least two coarse classes, found only "x"'],
    [
      ["top/x/b.png", "top/y/c.png"],
      /found only "top"; add images of another class; if the folders in top are the classes, give \S+[\\/]top$/,
    ],
    [["train/b.png"], 'expected at least two coarse classes, found only "train"'],
    [["train/x/b.png"], 'expected at least two coarse classes, found only "x"'],
    [["train/b.png", "train/x/b.png"], "found train/b.png outside every class"],
    [["a.png", "b.png", "x/b.png"], "found a.png, b.png outside every class; move each into a class's folder"],
    [
      ["x/y/b.png", "x/c.png", "z/y/c.png"],
      "and x/c.png in none; move each into the folder of its fine class, or out of the images",
    ],
    [["x/1/2/b.png", "y/c.png"], "found b.png in one (x/1/2/b.png) and y/c.png in none"],
    [["x/1/b.png", "y/c.png", "y/d.png"], "and y/c.png, y/d.png in none; move"],
    [["train/x/1.png", "test/x/1.png", "old/x/1.png"], 'found "old" beside test and train'],
    [["train/x/1.png", "val/x/1.png", "1.png"], 'found "1.png" beside train and val'],
    [["train/x/1.png", "test/x/1.png", "a.png", "old/1.png"], 'found "a.png", "old" beside test and train; move them'],
    [
      ["a.png", "x/1/b.png", "y/c.png"],
      /^\S+: expected every .*; and a folder .*, found a\.png outside .*; and b\.png in one .* none; move .*; and move/,
    ],
    [[], "found no image"],
  ])("refuses %j", async (paths, message) => {
    const folder = temporaryFolder();
    await putPictures(folder, paths);
    await expect(openData(folder)).rejects.toThrow(message);
  });

  it("refuses what is not there, and what is neither folder nor CSV", async () => {
    const folder = temporaryFolder();
    await expect(openData(join(folder, "none"))).rejects.toThrow("a folder or a CSV file that exists, found nothing");
    await expect(openData(put(folder, "a.txt", "hello"))).rejects.toThrow("found another file");
  });

  it("refuses a loop of links and absurd nesting, and follows other links", async () => {
    const loop = temporaryFolder();
    await putPictures(loop, ["x/1.png", "y/1.png"]);
    symlinkSync("..", join(loop, "x/up"));
    await expect(openData(loop)).rejects.toThrow("expected a folder that does not contain itself");
    const deep = temporaryFolder();
    mkdirSync(join(deep, ...Array(60).fill("d")), { recursive: true });
    await expect(openImages(deep)).rejects.toThrow("folders nested at most 32 deep");
    const [linked, elsewhere] = [temporaryFolder(), temporaryFolder()];
    await putPictures(elsewhere, ["1.png"]);
    await putPictures(linked, ["x/1.png"]);
    symlinkSync(elsewhere, join(linked, "y"));
    symlinkSync(elsewhere, join(linked, "z"));
    expect((await openData(linked)).train.length).toBe(3);
  });
});

it("stops at links that double the folders at every level", { timeout: 10_000 }, async () => {
  const folder = temporaryFolder();
  for (let level = 0; level < 30; level++) {
    mkdirSync(join(folder, `${level}`));
    for (const name of ["a", "b"]) symlinkSync(join(folder, `${level + 1}`), join(folder, `${level}`, name));
  }
  put(folder, "30/1.png", await png(1));
  await expect(openImages(join(folder, "0"))).rejects.toThrow("links that lead to a folder in at most 100 ways");
});

describe("unreadable images", () => {
  async function withBad(): Promise<string> {
    const folder = temporaryFolder();
    await putPictures(folder, [...numbered("cat", 4), ...numbered("dog", 4)]);
    const rng = random(1);
    const noise = Uint8Array.from({ length: 90 * 90 * 3 }, () => rng.integer(256));
    const photo = await sharp(noise, { raw: { width: 90, height: 90, channels: 3 } })
      .jpeg()
      .toBuffer();
    put(folder, "cat/cut.jpg", photo.subarray(0, photo.length >> 1));
    put(folder, "dog/words.png", "not a picture");
    return folder;
  }

  it("are named, counted and refused", async () => {
    const folder = await withBad();
    const refused = openData(folder);
    await expect(refused).rejects.toThrow("2 of 10 unreadable: cat/cut.jpg (VipsJpeg: premature end of JPEG image)");
    await expect(refused).rejects.toThrow(
      "dog/words.png (its content is text: make it JPEG, PNG, WebP, GIF, TIFF or AVIF)",
    );
    await expect(refused).rejects.toMatchObject({ code: "image", exitCode: 1 });
    await expect(openData(folder, { maxBad: 1 })).rejects.toThrow("expected at most 1 unreadable images");
  });

  it("are refused where there are no others, however many are allowed", async () => {
    const folder = temporaryFolder();
    for (const name of ["cat/1.png", "dog/2.png"]) put(folder, name, "not a picture");
    const refusal = /expected readable images, found 2 of 2 unreadable: [^\n]*; repair or remove them$/;
    await expect(openData(folder, { maxBad: 9 })).rejects.toThrow(refusal);
    await expect(openImages(folder, { maxBad: 9 })).rejects.toThrow(refusal);
  });

  it("are skipped up to maxBad, and listed", async () => {
    const { train, test, skipped } = await openData(await withBad(), { maxBad: 2, testFraction: 0.25 });
    expect(train.length + test!.length).toBe(8);
    expect(skipped.map(({ file }) => file)).toEqual(["cat/cut.jpg", "dog/words.png"]);
    // Skipping must not shift pixels against labels.
    for (const set of [train, test!]) {
      for (const [i, [id]] of labelled(set).entries()) {
        const [animal, number] = id!.split("/") as [string, string];
        const red = 10 * ((animal === "cat" ? 0 : 4) + Number.parseInt(number, 10));
        expect((await readImage(set, i)).data[0]).toBe(red);
      }
    }
  });

  it("include bombs, broken links, pipes and formats that are not read; nothing of them is decoded", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    put(folder, "cat/bomb.png", await bomb());
    put(folder, "cat/old.bmp", "BM");
    symlinkSync("nowhere.png", join(folder, "dog/broken.png"));
    if (process.platform !== "win32") execFileSync("mkfifo", [join(folder, "dog/pipe.png")]);
    const { skipped } = await openData(folder, { maxBad: 10, testFraction: 0 });
    expect(skipped.slice(0, 3)).toEqual([
      { file: "cat/bomb.png", reason: "its header promises 60000 x 60000 pixels, and the limit is 67108864 in all" },
      { file: "cat/old.bmp", reason: ".bmp is not read: make it JPEG, PNG, WebP, GIF, TIFF or AVIF" },
      { file: "dog/broken.png", reason: "it is a broken link" },
    ]);
    if (process.platform !== "win32")
      expect(skipped[3]).toEqual({ file: "dog/pipe.png", reason: "it is a special file" });
  });

  it("are read by every name that their formats have: browsers save JPEG as .jfif", async () => {
    const folder = temporaryFolder();
    const names = ["a.jfif", "b.jpe", "c.JPEG", "d.pjpeg", "e.apng", "f.avif"];
    await putPictures(folder, [...names.map((name) => `cat/${name}`), "dog/1.png"]);
    const { train, skipped } = await openData(folder, { testFraction: 0, maxBad: 9 });
    expect((train.ids as readonly string[]).map((id) => id.split("/").at(-1))).toEqual([...names, "1.png"]);
    expect(skipped).toEqual([]);
  });

  it("say so where their name is not in UTF-8", async (context) => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    const latin = (path: string) => Buffer.from(join(folder, path), "latin1");
    try {
      writeFileSync(latin("cat/caf\xe9.png"), await png(1));
    } catch {
      context.skip("names are UTF-8 here");
    }
    const reason = "a name that is not in UTF-8: rename it";
    await expect(openData(folder)).rejects.toThrow(`1 of 3 unreadable: cat/caf\ufffd.png (${reason})`);
    mkdirSync(latin("caf\xe9"));
    await expect(openData(folder)).rejects.toThrow(`caf\ufffd: expected a readable folder, found ${reason}`);
  });

  it("must leave at least two classes", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png"]);
    put(folder, "dog/1.png", "");
    await expect(openData(folder, { maxBad: 5 })).rejects.toThrow('found only "cat"');
  });
});

/** A PNG of one pixel whose header says 60,000 x 60,000. */
async function bomb(): Promise<Buffer> {
  const bytes = Buffer.from(await png(1, 1, 1));
  bytes.writeUInt32BE(60_000, 16);
  bytes.writeUInt32BE(60_000, 20);
  bytes.writeInt32BE(crc(bytes.subarray(12, 29)), 29);
  return bytes;
}

function crc(bytes: Uint8Array): number {
  let c = -1;
  for (const byte of bytes) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  }
  return ~c;
}

describe("a CSV", () => {
  it("gives splits and labels, and its own folder stands for it when it is called labels.csv", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["i/1.png", "i/2.png", "i/3.png"]);
    put(folder, "labels.csv", "file,coarse,fine,split\ni/1.png,a,a1,train\ni/2.png,b,b1,train\ni/3.png,a,a2,test\n");
    const { train, test } = await openData(folder);
    expect(labelled(train)).toEqual([
      ["i/1.png", "a", "a1"],
      ["i/2.png", "b", "b1"],
    ]);
    expect(labelled(test!)).toEqual([["i/3.png", "a", "a2"]]);
    expect((await openImages(join(folder, "labels.csv"))).length).toBe(3);
  });

  it("names a file that is missing, and a training split that is", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["1.png"]);
    const csv = put(folder, "l.csv", "file,coarse\n1.png,a\n2.png,b\n");
    await expect(openData(csv)).rejects.toThrow("1 of 2 unreadable: 2.png (nothing of that name)");
    const tests = put(folder, "t.csv", "file,coarse,split\n1.png,a,test\n2.png,b,test\n");
    await expect(openData(tests)).rejects.toThrow("expected images to train on, found only the split test");
  });
});

describe("images to embed", () => {
  it("are all of a folder at any depth, without labels", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["a.png", "x/b.png", "x/y/z/c.png"]);
    const set = await openImages(folder);
    expect([...set.coarse]).toEqual([-1, -1, -1]);
    expect([set.coarseClasses, set.fine, set.source.kind]).toEqual([[], undefined, "files"]);
    expect([0, 1, 2].map((i) => idOf(set, i))).toEqual(["a.png", "x/b.png", "x/y/z/c.png"]);
    await expect(openImages(temporaryFolder())).rejects.toThrow("at any depth, found none");
  });
});

describe("memory", () => {
  it("keeps pixels while they fit, else leaves them in their files, with the same pixels", async () => {
    const folder = temporaryFolder();
    put(folder, "cat/1.png", await png(7, 100, 50));
    put(folder, "dog/1.png", await png(9, 20, 80));
    const kept = (await openData(folder, { imageSize: 16, testFraction: 0 })).train;
    const left = (await openData(folder, { imageSize: 16, testFraction: 0, cacheBytes: 100 })).train;
    expect([kept.source.kind, left.source.kind]).toEqual(["packed", "files"]);
    for (const i of [0, 1]) expect(await readImage(left, i)).toEqual(await readImage(kept, i));
    // Short side 36 = 2.25 x 16; smaller images stay as they are.
    const sizes = await Promise.all([0, 1].map(async (i) => await readImage(kept, i)));
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [72, 36],
      [20, 80],
    ]);
  });
});
