import { unlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { batch, npzMembers, pickle3, putMaps, trainNames, zip } from "../../../../test/imagenet32-samples.ts";
import { survivesDamage } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { MaskconError } from "../../../core/index.ts";
import { idOf } from "../../dataset.ts";
import { readImage } from "../../loader/read-image.ts";
import { openData } from "../../open.ts";
import { imagenet32Name, openImagenet32 } from "./imagenet32.ts";
import { FINE_MAP } from "./imagenet32-files.ts";

const pickles = (folder: string) => {
  putMaps(folder);
  for (const [i, name] of trainNames.entries()) put(folder, name, pickle3(batch([1, 1000, i + 1])));
  put(folder, "val_data", pickle3(batch([500, 2]), false));
};

const npzs = (folder: string) => {
  putMaps(folder);
  for (const [i, name] of trainNames.entries()) {
    put(folder, `${name}.npz`, zip(npzMembers(batch([1, 1000, i + 1]), i % 2 === 0)));
  }
  put(folder, "val_data.npz", zip(npzMembers(batch([500, 2]))));
};

describe("ImageNet32", () => {
  it.each([
    ["pickles", pickles],
    [".npz, stored and deflated", npzs],
  ])("reads %s", async (_, write) => {
    const folder = temporaryFolder();
    write(folder);
    const { name, train, test } = await openData(folder, { preset: "imagenet32" });
    expect([train.length, test!.length]).toEqual([30, 2]);
    expect([name, train.name, test!.name]).toEqual(["", " train", " test"].map((end) => `imagenet32 (part)${end}`));
    expect([...train.fine!.subarray(0, 6)]).toEqual([999, 0, 999, 999, 0, 998]);
    expect([...test!.fine!]).toEqual([500, 998]);
    expect([...test!.coarse]).toEqual([500 % 12, 998 % 12]);
    expect([train.coarseClasses.length, train.fineClasses!.length]).toEqual([12, 1000]);
    expect([idOf(train, 0), idOf(train, 29), idOf(test!, 1)]).toEqual([
      "train_data_batch_1/0",
      "train_data_batch_10/2",
      "val_data/1",
    ]);
    for (const [set, index, red] of [
      [train, 29, 2],
      [train, 3, 0],
      [test!, 1, 1],
    ] as const) {
      const { width, height, data } = await readImage(set, index);
      expect([width, height, data.length]).toEqual([32, 32, 3072]);
      expect(data.every((value, at) => value === red + (at % 3))).toBe(true);
    }
    expect(train.normalization.mean).toEqual([0.485, 0.456, 0.406]);
  });

  it("has the paper's name with all of its images alone", () => {
    expect(imagenet32Name(1_281_167, 50_000)).toBe("imagenet32");
    expect(imagenet32Name(1_281_166, 50_000)).toBe("imagenet32 (part)");
    expect(imagenet32Name(1_281_167, 49_999)).toBe("imagenet32 (part)");
  });

  it.each(["imagenet32", undefined])(
    "suggests the folder that its batches lie in, with the preset %s",
    async (preset) => {
      const folder = temporaryFolder();
      pickles(join(folder, "Imagenet32_train"));
      await expect(openData(folder, { preset })).rejects.toThrow(
        `${folder}: expected the batches of imagenet32 in it, found them in Imagenet32_train; ` +
          `give ${join(folder, "Imagenet32_train")}, where val_data and the two label maps belong too`,
      );
    },
  );

  it("takes some of the ten files only when asked to", async () => {
    const folder = temporaryFolder();
    pickles(folder);
    for (const name of trainNames.slice(2)) unlinkSync(`${folder}/${name}`);
    await expect(openData(folder)).rejects.toThrow(
      /found only train_data_batch_1, train_data_batch_2; unpack .*https:\/\/image-net.org.* \(MD5 03d3dc4e.*--partial/,
    );
    expect((await openData(folder, { partial: true })).train.length).toBe(6);
    unlinkSync(`${folder}/val_data`);
    await expect(openData(folder, { partial: true })).rejects.toThrow(
      /expected val_data or val_data.npz, found neither; unpack Imagenet32_val.zip .*MD5 06c02b8b/,
    );
  });

  it("says before reading that the pixels would not fit in memory", async () => {
    const folder = temporaryFolder();
    pickles(folder);
    const names = [...trainNames, "val_data"];
    await expect(openImagenet32(folder, names, { memory: 32 * 3072 - 1 })).rejects.toThrow(/GiB of free memory/);
    expect((await openImagenet32(folder, names, { memory: 32 * 3072 })).train.length).toBe(30);
  });

  it.each([
    [
      "no map",
      undefined,
      /fine.json: expected a readable file, found nothing of that name; copy it from .*MD5 9f5ff69d/,
    ],
    ["a map that is no JSON", "{", /imagenet32_to_fine.json, line 1, character 2: expected JSON/],
    ["a map that is a list", "[1]", /expected a JSON object/],
    ["a map with a gap", '{"0": 1}', /entry "1": expected all keys .* found none/],
    ["a map beyond the classes", '{"0": 1000}', /entry "0": expected numbers below 1000 .* found 1000/],
    ["a map of text", '{"0": "1"}', /entry "0": .*, found "1"/],
    ["a map of other keys", '{"00": 1}', /entry "00": .*, found 1/],
    [
      "a map that is not one to one",
      JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, i >> 1]))),
      /entry "1": expected a class of its own for each .* found 0 again, after entry "0"/,
    ],
  ])("refuses %s", async (_, text, message) => {
    const folder = temporaryFolder();
    pickles(folder);
    if (text === undefined) unlinkSync(`${folder}/${FINE_MAP}`);
    else put(folder, FINE_MAP, text);
    await expect(openData(folder)).rejects.toThrow(message);
  });

  it.each([
    ["a label of 0", pickle3(batch([0, 1])), "expected labels from 1 to 1000, found 0 at image 0"],
    ["a label of 1001", pickle3(batch([5, 1001])), "found 1001 at image 1"],
    ["fewer labels", pickle3({ ...batch([1, 2]), labels: [1] }), "a numpy state other than"],
    ["another file", Buffer.from("PK"), /opcode 0x50 .* at byte 0/],
    [
      "a file cut in its pixels",
      pickle3(batch([1, 2])).subarray(0, 5000),
      "the end of the file (5000 bytes) at byte 1",
    ],
  ])("refuses a pickle with %s", async (_, bytes, message) => {
    const folder = temporaryFolder();
    pickles(folder);
    const file = put(folder, "train_data_batch_7", bytes);
    const error = await openData(folder).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(MaskconError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).toContain(file);
  });
});

describe("damaged files are refused with their name and place", () => {
  const two = batch([3, 700]);
  const files: [string, string, Uint8Array][] = [
    ["a pickle", "train_data_batch_1", pickle3(two)],
    ["a stored .npz", "train_data_batch_1.npz", zip(npzMembers(two))],
    ["a deflated .npz", "train_data_batch_1.npz", zip(npzMembers(two, true))],
  ];

  it.each(files)("%s", async (_, name, bytes) => {
    const folder = temporaryFolder();
    putMaps(folder);
    put(folder, "val_data", pickle3(batch([1]), false));
    const read = (damaged: Uint8Array) => {
      put(folder, name, damaged);
      return openImagenet32(folder, [name, "val_data"], { partial: true });
    };
    // Damage of pixels is often just another picture: most of it goes around them.
    for (const part of [
      [0, 250],
      [bytes.length - 600, bytes.length],
      [0, bytes.length],
    ] as const) {
      await survivesDamage(bytes, join(folder, name), read, { part, runs: 150 });
    }
  });
});
