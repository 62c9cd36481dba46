import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "vitest";
import { put, putPictures } from "../../test/data-samples.ts";
import { messageOfRefusal } from "../../test/refusals.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openData, openImages } from "./open.ts";

test("a name with a NUL is refused in words of its reader", async () => {
  await expect(openData("a\0b")).rejects.toThrow(
    "a\\u0000b: expected a folder or a CSV file that exists, found a name with the character NUL in it",
  );
});

describe("a labels.csv", () => {
  const folders = ["boot/1.png", "boot/2.png", "bag/1.png", "bag/2.png", "hat/1.png", "hat/2.png"];

  async function beside(csv: string, paths = folders): Promise<string> {
    const folder = temporaryFolder();
    await putPictures(folder, paths);
    put(folder, "labels.csv", csv);
    return folder;
  }

  it("that lists classes, not images, leaves the folders their classes, and is named", async () => {
    const { train, warnings } = await openData(await beside("ClassId,Name\n0,bag\n1,boot\n2,hat\n"), {
      testFraction: 0,
    });
    expect([train.coarseClasses, train.length]).toEqual([["bag", "boot", "hat"], 6]);
    expect(warnings).toEqual([
      "labels.csv was passed over: none of its columns (ClassId, Name) lists images; --image-column names one",
    ]);
    const empty = await openData(await beside(""), { testFraction: 0 });
    expect([empty.train.length, empty.warnings]).toEqual([6, ["labels.csv was passed over: it is empty"]]);
  });

  it.each([
    ["has the column of images", "file,coarse\nboot/1.png,a\nbag/1.png,b\n"],
    ["has it in capitals", "Coarse,FILE\na,boot/1.png\nb,bag/1.png\n"],
  ])("that %s stands for its folder", async (_, csv) => {
    const { train, warnings } = await openData(await beside(csv), { testFraction: 0 });
    expect([train.coarseClasses, train.length, warnings ?? []]).toEqual([["a", "b"], 2, []]);
  });

  it("that lists images under another name is refused, not passed over", async () => {
    const folder = await beside("picture,kind\nboot/1.png,a\nbag/1.png,b\n");
    await expect(openData(folder)).rejects.toThrow(/labels.csv, line 1: expected .*, found .*picture/);
    const options = { imageColumn: "picture", coarseColumn: "kind", testFraction: 0 };
    expect((await openData(folder, options)).train.coarseClasses).toEqual(["a", "b"]);
    // Whoever names a column of labels means the CSV as well.
    await expect(openData(await beside("ClassId,Name\n0,bag\n"), { coarseColumn: "Name" })).rejects.toThrow(
      "labels.csv",
    );
  });

  it("is named where the folder is refused without it", async () => {
    const folder = await beside("id,breed\n1,pug\n2,tabby\n", ["1.png", "2.png"]);
    await expect(openData(folder)).rejects.toThrow(
      /every image inside the folder of its coarse class, .*; labels.csv was passed over: none of its columns \(id, breed\) lists images/,
    );
  });

  it("in the way of a folder is not read", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, [...folders, "labels.csv/1.png"]);
    expect((await openData(folder)).train.coarseClasses).toEqual(["bag", "boot", "hat", "labels.csv"]);
  });
});

describe("a folder that may be several things", () => {
  it("is the first of them in the order of the list", async () => {
    const folder = temporaryFolder();
    put(folder, "val_data", "");
    put(folder, "a.tar.gz", "");
    await expect(openData(folder)).rejects.toThrow("the files of imagenet32");
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    expect((await openData(folder)).train.coarseClasses).toEqual(["cat", "dog"]);
    put(folder, "a.tar", "");
    await expect(openData(folder)).rejects.toThrow("found both: the folders cat and dog, and a.tar");
    put(folder, "cifar-10-batches-py/data_batch_1", "");
    await expect(openData(folder)).rejects.toThrow("the files of cifar10");
    put(folder, "cars_annos.mat", "");
    await expect(openData(folder)).rejects.toThrow("cars_annos.mat");
    await expect(openData(folder, { preset: "cifartoy-bad" })).rejects.toThrow("the files of cifar10");
    put(folder, "labels.csv", "file,coarse\ncat/1.png,a\ndog/1.png,b\n");
    expect((await openData(folder, { preset: "cifartoy-bad" })).train.coarseClasses).toEqual(["a", "b"]);
  });
});

describe("named sets one or two folders further in", () => {
  it.each([
    ["cifar-10-batches-py/data_batch_1", "the files of cifar10 (cifar-10-python.tar.gz), found all but batches.meta"],
    ["cifar-10-python/cifar-10-batches-py/data_batch_1", "the files of cifar10 (cifar-10-python.tar.gz)"],
    ["cifar-100-binary/test.bin", "the files of cifar100 (cifar-100-binary.tar.gz)"],
    ["stanford_cars/cars_train/1.jpg", "the label files that go with cars_train/"],
    ["Stanford_Online_Products/Ebay_train.txt", "Ebay_train.txt"],
    [
      "Stanford_Online_Products/bicycle_final/1_0.JPG",
      "sop_split1, or Ebay_train.txt and Ebay_test.txt, found no lists",
    ],
    ["FashionMNIST/raw/train-labels-idx1-ubyte", "train-images-idx3-ubyte.gz"],
    ["MNIST/raw/train-images-idx3-ubyte", "train-images-idx3-ubyte"],
  ])("are found by %s", async (path, message) => {
    const root = temporaryFolder();
    put(root, path, "");
    const found = await messageOfRefusal(openData(root));
    expect(found).toContain(message);
    expect(found).toContain(
      join(root, path.slice(0, path.lastIndexOf("/")).replace(/\/(cars_train|bicycle_final)$/, "")),
    );
  });

  it.skipIf(process.platform === "win32")("are found by links, and not by broken ones", async () => {
    const [root, elsewhere] = [temporaryFolder(), temporaryFolder()];
    put(elsewhere, "data_batch_1", "");
    symlinkSync(elsewhere, join(root, "cifar-10-batches-py"));
    await expect(openData(root)).rejects.toThrow("the files of cifar10 (cifar-10-python.tar.gz)");
    rmSync(elsewhere, { recursive: true });
    await expect(openData(root)).rejects.toThrow("the files of cifar10, found only cifar-10-batches-py");
  });
});

describe("a file in place of DATA", () => {
  const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12345\n";
  it.each([
    ["w.pth", pointer, /w\.pth.*: expected the file itself, found a Git LFS pointer; run `git lfs pull`/],
    ["w", pointer, "found a Git LFS pointer"],
    ["w.pth", "PK\x03\x04", "a .csv, .parquet or .tar file, found a zip archive; unpack it (unzip w.pth)"],
    ["a.zip", "PK\x03\x04", "found a zip archive; unpack it (unzip a.zip) and give its folder"],
    ["a.tsv", "file\tcoarse\nlarge.png\tx\n", "found a table with tabs; save it with commas, as .csv"],
    ["a.jsonl", '{"file": 1}\n', "found a file of JSON lines; write a CSV with the columns file and coarse"],
    ["a.JSON", '[{"file": 1}]', "found a JSON file; write a CSV"],
    ["a.tsv", "GIF89a", /found a GIF picture$/],
    ["w.onnx", "\x08\x07\x12\x04", "found an ONNX model"],
    ["w.bin", "", "found another file"],
  ])("is called by what it is (%s, %#)", async (name, content, message) => {
    const file = put(temporaryFolder(), name, content);
    for (const open of [openData, openImages]) await expect(open(file)).rejects.toThrow(message);
  });
});
