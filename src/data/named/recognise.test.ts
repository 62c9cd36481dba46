import { describe, expect, it } from "vitest";
import { put, putPictures } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openData } from "../open.ts";

describe("a folder that lacks a named set", () => {
  it.each([
    ["cars196", [/cars_train.tgz \(MD5 065e5b46/, /cars_annos.mat \(MD5 b407c608/, /issues\/7545 lists copies$/]],
    [
      "sop-split1",
      [/Stanford_Online_Products.zip \(MD5 7f73d41a/, /ftp:\/\/cs.stanford.edu/, /github.com\/MrChenFeng/],
    ],
    ["imagenet32", [/train_data_batch_10 MD5 46ad60a1/, /val_data MD5 06c02b8b/, /https:\/\/image-net.org\/download/]],
    ["cifar100", [/run maskcon data get cifar100 --out .*\/cifar-100-python.tar.gz \(MD5 eb9058c3/]],
    ["cifartoy-good", [/run maskcon data get cifartoy-good --out .*\/cifar-10-python.tar.gz \(MD5 c58f3010/]],
  ])("is refused by the preset %s with what to place there", async (preset, parts) => {
    const folder = temporaryFolder();
    const refused = openData(folder, { preset });
    await expect(refused).rejects.toThrow(`${folder}: expected the files of ${preset}, found an empty folder; `);
    for (const part of parts) await expect(refused).rejects.toThrow(part);
    put(folder, ".hidden", "");
    for (const name of ["1", "2", "3", "4", "5", "6"]) put(folder, name, "");
    await expect(openData(folder, { preset })).rejects.toThrow("found only 1, 2, 3, 4, 5 and 1 more; ");
  });

  it.each([
    ["val_data", "imagenet32"],
    ["data_batch_1/1.png", "cifar10"],
    ["cifar-10-python.tar.gz", "cifar10"],
    ["cars_train/00001.png", "cars196"],
  ])("is refused so by %s alone", async (path, name) => {
    const folder = temporaryFolder();
    await putPictures(folder, [path]);
    await expect(openData(folder)).rejects.toThrow(`expected the files of ${name}, found only ${path.split("/")[0]}; `);
  });

  it("may hold other images: the preset is then its settings alone", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    expect((await openData(folder, { preset: "cars196" })).train.length).toBe(2);
    const csv = put(folder, "labels.csv", "file,coarse\ncat/1.png,a\ndog/1.png,b\n");
    for (const data of [folder, csv]) {
      expect((await openData(data, { preset: "cars196" })).train.coarseClasses).toEqual(["a", "b"]);
    }
  });

  it("is an image folder without images where no set is meant", async () => {
    await expect(openData(temporaryFolder(), { preset: "cpu-small" })).rejects.toThrow("found no image");
  });
});
