import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bytes2d, pickle, planes, put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { idOf } from "../dataset.ts";
import { openData } from "../open.ts";
import { readPickle } from "../pickle/read-pickle.ts";
import { readImage } from "../read-image.ts";

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const ten = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"];

/** A CIFAR-100 of three images a split. */
function cifar100Pickles(folder: string, labels = [3, 99, 0]): void {
  put(folder, "meta", pickle({ fine_label_names: names(100, "fine"), coarse_label_names: names(20, "coarse") }));
  for (const split of ["train", "test"]) {
    const batch = {
      filenames: names(3, `${split}-`),
      fine_labels: labels,
      coarse_labels: [19, 0, 5],
      data: new Bytes2d(3, planes(3)),
    };
    put(folder, split, pickle(batch));
  }
}

const cifar10Batch = (labels: number[]) =>
  pickle({ labels, filenames: names(labels.length, "image"), data: new Bytes2d(labels.length, planes(labels.length)) });

const records = (labels: number[][]) =>
  Buffer.concat(labels.map((row, i) => Buffer.concat([Buffer.from(row), planes(i + 1).subarray(i * 3072)])));

describe("CIFAR-100", () => {
  it("reads the Python version", async () => {
    const folder = temporaryFolder();
    cifar100Pickles(folder);
    const { train, test, name } = await openData(folder);
    expect([name, train.length, test!.length]).toEqual(["cifar100", 3, 3]);
    expect([...train.coarse, ...train.fine!]).toEqual([19, 0, 5, 3, 99, 0]);
    expect([train.coarseClasses[19], train.fineClasses![99]]).toEqual(["coarse19", "fine99"]);
    expect(idOf(test!, 2)).toBe("test/test-2");
    const { width, height, data } = await readImage(train, 2);
    expect([width, height, ...data.subarray(-3)]).toEqual([32, 32, 2, 3, 4]);
  });

  it("reads the binary version alike", async () => {
    const [pickled, binary] = [temporaryFolder(), temporaryFolder()];
    cifar100Pickles(pickled);
    put(binary, "coarse_label_names.txt", `${names(20, "coarse").join("\n")}\n`);
    put(binary, "fine_label_names.txt", `${names(100, "fine").join("\r\n")}\r\n`);
    for (const split of ["train.bin", "test.bin"]) {
      put(
        binary,
        split,
        records([
          [19, 3],
          [0, 99],
          [5, 0],
        ]),
      );
    }
    const [a, b] = [(await openData(pickled)).train, (await openData(binary)).train];
    expect(b.coarse).toEqual(a.coarse);
    expect(b.fine).toEqual(a.fine);
    expect(b.fineClasses).toEqual(a.fineClasses);
    expect(await readImage(b, 1)).toEqual(await readImage(a, 1));
  });

  it("refuses a label out of range, and a batch that lacks its labels", async () => {
    const folder = temporaryFolder();
    cifar100Pickles(folder, [3, 100, 0]);
    await expect(openData(folder)).rejects.toThrow('expected labels from 0 to 99 in "fine_labels", found 100');
    put(folder, "train", pickle({ data: new Bytes2d(3, planes(3)) }));
    await expect(openData(folder)).rejects.toThrow('expected "filenames", a list of 3 names, found nothing');
    put(folder, "train", "no pickle");
    await expect(openData(folder)).rejects.toThrow(/train: .* at byte 0; nothing .* executed; unpack .*\(MD5 eb9058c3/);
    put(folder, "train", pickle([1]));
    await expect(openData(folder)).rejects.toThrow("train, byte 0: expected a dict, found a list of 1");
  });

  it("refuses a binary file that ends within a record", async () => {
    const folder = temporaryFolder();
    put(folder, "coarse_label_names.txt", names(20, "c").join("\n"));
    put(folder, "fine_label_names.txt", names(100, "f").join("\n"));
    put(folder, "train.bin", records([[1, 2]]).subarray(1));
    await expect(openData(folder)).rejects.toThrow("whole records of 3074 bytes, found 3073 bytes");
  });

  it("meets damaged batches with its own errors only", async () => {
    const batch = cifar10Batch([1, 2]);
    // Not the pixels: damage there is just another picture.
    const head = batch.indexOf(planes(2));
    await fc.assert(
      fc.asyncProperty(fc.nat(head - 1), fc.nat(7), fc.boolean(), async (at, bit, cut) => {
        const bytes = Buffer.from(cut ? batch.subarray(0, at) : batch);
        if (!cut) bytes[at]! ^= 1 << bit;
        try {
          readPickle(bytes, "batch");
        } catch (error) {
          expect(error).toBeInstanceOf(MaskconError);
          expect((error as MaskconError).message).toMatch(/^batch: .* at byte \d+; /);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("CIFAR-10", () => {
  const put10 = (folder: string, batches: number[], labels = [0, 2, 4, 9]) => {
    put(folder, "batches.meta", pickle({ label_names: ten }));
    for (const i of batches) put(folder, `data_batch_${i}`, cifar10Batch(labels));
    put(folder, "test_batch", cifar10Batch([8, 3]));
  };

  it("reads all five training files, and calls classes vehicles or animals", async () => {
    const folder = temporaryFolder();
    put10(folder, [1, 2, 3, 4, 5]);
    const { train, test } = await openData(folder);
    expect([train.length, test!.length]).toEqual([20, 2]);
    expect([...train.coarse.subarray(0, 4)].map((label) => train.coarseClasses[label])).toEqual([
      "vehicles",
      "animals",
      "animals",
      "vehicles",
    ]);
    expect([...test!.fine!].map((label) => test!.fineClasses![label])).toEqual(["ship", "cat"]);
  });

  it("takes a partial set only when asked to", async () => {
    const folder = temporaryFolder();
    put10(folder, [1, 3]);
    await expect(openData(folder)).rejects.toThrow(
      "found only data_batch_1, data_batch_3; accept some of them with --partial (partial); unpack " +
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz (MD5 c58f30108f718f92721af3b95e74349a), or run maskcon data get cifar10",
    );
    expect((await openData(folder, { partial: true })).train.length).toBe(8);
    const empty = temporaryFolder();
    put10(empty, []);
    await expect(openData(empty, { partial: true })).rejects.toThrow("found none of them");
  });

  it("makes the paper's CIFARtoy, good and bad, without deer and frog", async () => {
    const folder = temporaryFolder();
    put10(folder, [1], [0, 4, 2, 6, 3, 9]);
    for (const [preset, coarse] of [
      ["cifartoy-good", [0, 1, 1, 0]],
      ["cifartoy-bad", [0, 1, 0, 1]],
    ] as const) {
      const { train } = await openData(folder, { partial: true, preset });
      expect(train.fineClasses).toEqual(["airplane", "automobile", "bird", "cat", "dog", "horse", "ship", "truck"]);
      expect([...train.fine!].map((label) => train.fineClasses![label])).toEqual(["airplane", "bird", "cat", "truck"]);
      expect([...train.coarse]).toEqual(coarse);
      expect((await readImage(train, 1)).data[0]).toBe(2);
      expect(idOf(train, 3)).toBe("data_batch_1/image5");
    }
  });

  it("reads the binary version", async () => {
    const folder = temporaryFolder();
    put(folder, "batches.meta.txt", `${ten.join("\n")}\n\n`);
    put(folder, "data_batch_2.bin", records([[9], [2]]));
    put(folder, "test_batch.bin", records([[0]]));
    const { train } = await openData(folder, { partial: true });
    expect([...train.fine!, ...train.coarse]).toEqual([9, 2, 0, 1]);
    expect((await readImage(train, 1)).data.slice(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  });
});
