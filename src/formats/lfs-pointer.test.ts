import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { batch, pickle3, putMaps } from "../../test/imagenet32-samples.ts";
import { messageOfRefusal } from "../../test/refusals.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openData } from "../data/open.ts";

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1234567\n`;

const putImagenet32 = (folder: string, name: string) => {
  putMaps(folder);
  put(folder, "val_data", pickle3(batch([1])));
  return put(folder, name, pointer);
};

describe("a Git LFS pointer", () => {
  it.each<[string, (folder: string) => string]>([
    ["Parquet", (folder) => put(folder, "data/train-0.parquet", pointer)],
    ["tar", (folder) => put(folder, "train.tar", pointer)],
    ["CSV", (folder) => put(folder, "labels.csv", pointer)],
    [
      "CIFAR's pickles",
      (folder) => ["batches.meta", "data_batch_1", "test_batch"].map((n) => put(folder, n, pointer))[0]!,
    ],
    [
      "CIFAR's records",
      (folder) =>
        ["coarse_label_names.txt", "fine_label_names.txt", "train.bin", "test.bin"].map((n) =>
          put(folder, n, pointer),
        )[0]!,
    ],
    ["a batch of ImageNet32", (folder) => putImagenet32(folder, "train_data_batch_1")],
    ["a .npz", (folder) => putImagenet32(folder, "train_data_batch_1.npz")],
    ["MATLAB", (folder) => put(folder, "cars_annos.mat", pointer)],
    ["JSON", (folder) => put(folder, "sop_split1/train_path.json", pointer)],
  ])("in place of %s is called one, with what to do", async (_, write) => {
    const folder = temporaryFolder();
    const file = write(folder);
    const message = await messageOfRefusal(openData(folder, { partial: true }));
    expect(message).toContain(
      `${file}, byte 0: expected the file itself, found a Git LFS pointer; run \`git lfs pull\``,
    );
    expect(message).toContain(`git lfs pull\` in ${dirname(file)}`);
  });

  it("in place of an image is one unreadable image", async () => {
    const folder = temporaryFolder();
    for (const name of ["a/1", "a/2", "b/1", "b/2"]) put(folder, `${name}.png`, await png(1));
    put(folder, "b/3.png", pointer);
    await expect(openData(folder)).rejects.toThrow(
      "1 of 5 unreadable: b/3.png (it is a Git LFS pointer: run `git lfs pull` in its folder)",
    );
    expect((await openData(folder, { maxBad: 1 })).skipped).toHaveLength(1);
  });
});
