import { describe, expect, it } from "vitest";
import { png, put } from "../../../test/data-samples.ts";
import { tarOf } from "../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { idOf } from "../dataset.ts";
import { openData, openImages } from "../open.ts";

async function tar(): Promise<Buffer> {
  const members: [string, string | Uint8Array][] = [];
  for (const name of ["a", "b", "c"]) members.push([`${name}.png`, await png(10)], [`${name}.cls`, name]);
  return tarOf(members);
}

describe("shards at the top of a folder", () => {
  it("are read beside folders that hold nothing to train on", async () => {
    const folder = temporaryFolder();
    put(folder, "train.tar", await tar());
    put(folder, "logs/2024/a.txt", "words");
    put(folder, "assets/style.css", "");
    put(folder, "data/README", "");
    expect((await openData(folder, { testFraction: 0 })).train.length).toBe(3);
    expect((await openImages(folder)).length).toBe(3);
  });

  it("compressed, are named beside such folders", async () => {
    const folder = temporaryFolder();
    put(folder, "train.tar.gz", "whatever");
    put(folder, "logs/a.txt", "words");
    await expect(openData(folder)).rejects.toThrow("train.tar.gz: expected a tar of images and labels");
  });

  it.each([
    [["assets/logo.png"], "the folder assets, and train.tar"],
    [["cats/house/tabby/1.png", "dogs/small/pug/1.png"], "the folder cats, and train.tar"],
  ])("are refused beside folders with images %j", async (paths, found) => {
    const folder = temporaryFolder();
    put(folder, "train.tar", await tar());
    for (const path of paths) put(folder, path, await png(1));
    for (const open of [openData, openImages]) {
      await expect(open(folder)).rejects.toThrow(
        `${folder}: expected images in folders, or in files that hold many, found both: ${found}; move one of the two`,
      );
    }
  });

  it.each(["", "default/"])("are read from Hugging Face's folders of partly converted splits in %j", async (above) => {
    const folder = temporaryFolder();
    put(folder, `${above}partial-train/0000.tar`, await tar());
    put(folder, `${above}partial-test/0000.tar`, await tar());
    put(folder, `${above}validation/0000.tar`, await tar());
    const { train, test } = await openData(folder);
    expect([train.length, test!.length]).toEqual([3, 3]);
    expect(idOf(train, 0)).toBe(`${above}partial-train/0000.tar/a.png`);
    expect(idOf(test!, 0)).toBe(`${above}partial-test/0000.tar/a.png`);
    put(folder, "other/partial-train/0000.tar", await tar());
    await expect(openData(folder)).rejects.toThrow("expected one configuration of the set, found");
  });

  it("are refused beside the folder of another configuration, or of another kind", async () => {
    const folder = temporaryFolder();
    put(folder, "train.tar", await tar());
    put(folder, "small/train.tar", await tar());
    await expect(openData(folder)).rejects.toThrow(
      `${folder}: expected one configuration of the set, found files beside them, small; give the folder of one`,
    );
    const mixed = temporaryFolder();
    put(mixed, "train.tar", await tar());
    put(mixed, "default/train/0000.parquet", "whatever");
    await expect(openData(mixed)).rejects.toThrow(
      "expected files of one kind, found default/train/0000.parquet and train.tar; move one kind elsewhere",
    );
  });
});
