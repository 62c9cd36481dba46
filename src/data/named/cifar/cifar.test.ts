import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bytes2d, pickle, planes, put, putPictures } from "../../../../test/data-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { MaskconError } from "../../../core/index.ts";
import { readPickle } from "../../../formats/pickle/read-pickle.ts";
import { idOf } from "../../dataset.ts";
import { readImage } from "../../loader/read-image.ts";
import { openData } from "../../open.ts";

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

function put10(folder: string, batches: number[], labels = [0, 2, 4, 9]): void {
  put(folder, "batches.meta", pickle({ label_names: ten }));
  for (const i of batches) put(folder, `data_batch_${i}`, cifar10Batch(labels));
  put(folder, "test_batch", cifar10Batch([8, 3]));
}

describe("CIFAR-100", () => {
  it("reads the Python version", async () => {
    const folder = temporaryFolder();
    cifar100Pickles(folder);
    const { train, test, name } = await openData(folder);
    expect([name, train.length, test!.length]).toEqual(["cifar100 (other files)", 3, 3]);
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
    put(folder, "test.bin", records([[1, 2]]));
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
      "found all but data_batch_2, data_batch_4, data_batch_5; accept some of them with --partial (partial); unpack " +
        "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz (MD5 c58f30108f718f92721af3b95e74349a), or run maskcon data get cifar10",
    );
    expect((await openData(folder, { partial: true })).train.length).toBe(8);
    const empty = temporaryFolder();
    put10(empty, []);
    await expect(openData(empty, { partial: true })).rejects.toThrow(
      "found all but data_batch_1, data_batch_2, data_batch_3, data_batch_4, data_batch_5; unpack",
    );
    rmSync(join(folder, "test_batch"));
    await expect(openData(folder, { partial: true })).rejects.toThrow("found all but test_batch; unpack");
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

  it("refuses other class names, on which its coarse classes do not hold, but for a coarse map", async () => {
    const folder = temporaryFolder();
    put10(folder, [1, 2, 3, 4, 5]);
    const names = ["pug", ...ten.slice(1)];
    put(folder, "batches.meta", pickle({ label_names: names }));
    await expect(openData(folder)).rejects.toThrow(
      /batches.meta, entry "label_names": expected CIFAR-10's class "airplane", .* found "pug"; give .* --coarse-map .*; unpack/,
    );
    const lines = names.map((fine, i) => `${fine},${i < 5 ? "a" : "b"}`).join("\n");
    const coarseMap = put(folder, "map.csv", `fine,coarse\n${lines}`);
    const { name, train } = await openData(folder, { coarseMap, preset: "cifartoy-good" });
    expect([name, train.length, train.fineClasses]).toEqual(["cifar10 (other class names)", 20, names]);
    expect([...train.coarse.subarray(0, 4)].map((label) => train.coarseClasses[label])).toEqual(["a", "a", "a", "b"]);
  });

  it("is refused beside CIFAR-100's own files, unless the preset says which", async () => {
    const folder = temporaryFolder();
    put10(folder, [1, 2, 3, 4, 5]);
    cifar100Pickles(folder);
    await expect(openData(folder)).rejects.toThrow(
      "expected one set, found cifar10 and cifar100; give the folder of one",
    );
    expect((await openData(folder, { preset: "cifar100" })).train.length).toBe(3);
    expect((await openData(folder, { preset: "cifartoy-bad" })).name).toMatch(/^cifartoy-bad/);
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

describe("a part of CIFAR", () => {
  const sums = {
    "cifar-100-python.tar.gz": "eb9058c3a382ffc7106e4002c42a8d85",
    "cifar-100-binary.tar.gz": "03b5dce01913d631647c71ecec9e9cb8",
    "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
    "cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530",
  };
  const batches = (ending = "") => [1, 2, 3, 4, 5].map((i) => `data_batch_${i}${ending}`).join(", ");

  it.each<[string[], keyof typeof sums, string]>([
    [["meta"], "cifar-100-python.tar.gz", "train, test"],
    [["test", "train"], "cifar-100-python.tar.gz", "meta"],
    [["test.bin"], "cifar-100-binary.tar.gz", "coarse_label_names.txt, fine_label_names.txt, train.bin"],
    [["coarse_label_names.txt", "fine_label_names.txt"], "cifar-100-binary.tar.gz", "train.bin, test.bin"],
    [["test_batch"], "cifar-10-python.tar.gz", `batches.meta, ${batches()}`],
    [["batches.meta"], "cifar-10-python.tar.gz", `${batches()}, test_batch`],
    [["test_batch.bin", "data_batch_1"], "cifar-10-python.tar.gz", "batches.meta, data_batch_2, data_batch_3"],
    [["test_batch.bin"], "cifar-10-binary.tar.gz", `batches.meta.txt, ${batches(".bin")}`],
  ])("is refused with what is missing beside %j, and where that is", async (there, archive, missing) => {
    const folder = temporaryFolder();
    for (const name of there) put(folder, name, "whatever");
    const set = archive.includes("-100-") ? "cifar100" : "cifar10";
    for (const options of [{}, { preset: set }, { preset: "cpu-small" }]) {
      const refused = openData(folder, options);
      await expect(refused).rejects.toThrow(`${folder}: expected the files of ${set} (${archive}), found all but `);
      await expect(refused).rejects.toThrow(`found all but ${missing}`);
      await expect(refused).rejects.toThrow(
        `; unpack https://www.cs.toronto.edu/~kriz/${archive} (MD5 ${sums[archive]})`,
      );
    }
  });

  it("is none where there are images", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["cat/1.png", "dog/1.png"]);
    for (const name of ["meta", "test", "data_batch_1"]) put(folder, name, "whatever");
    expect((await openData(folder)).train.coarseClasses).toEqual(["cat", "dog"]);
  });
});

describe("CIFAR in the folder that its archive unpacks to", () => {
  it("is found, and so is what is missing of it", async () => {
    const root = temporaryFolder();
    cifar100Pickles(join(root, "cifar-100-python"));
    put(root, "cifar-100-python.tar.gz", "whatever");
    expect((await openData(root)).name).toBe("cifar100 (other files)");
    rmSync(join(root, "cifar-100-python/train"));
    await expect(openData(root)).rejects.toThrow(
      `${join(root, "cifar-100-python")}: expected the files of cifar100 (cifar-100-python.tar.gz), found all but train;`,
    );
    // What `data get` unpacks into the folder itself goes first.
    cifar100Pickles(root);
    expect((await openData(root, { preset: "cifar100" })).train.length).toBe(3);
  });

  it("is the preset's where both sets lie there, and refused without one", async () => {
    const root = temporaryFolder();
    cifar100Pickles(join(root, "cifar-100-python"));
    put10(join(root, "cifar-10-batches-py"), [2]);
    await expect(openData(root)).rejects.toThrow(
      `${root}: expected one set, found cifar-10-batches-py and cifar-100-python; give the folder of one, or its preset`,
    );
    expect((await openData(root, { preset: "cifar100" })).name).toMatch(/^cifar100/);
    expect((await openData(root, { preset: "cifartoy-bad", partial: true })).name).toBe("cifartoy-bad (other files)");
    await expect(openData(root, { preset: "cifar10" })).rejects.toThrow("found all but data_batch_1, data_batch_3");
  });

  it("in its binary version likewise", async () => {
    const root = temporaryFolder();
    const folder = join(root, "cifar-10-batches-bin");
    put(folder, "batches.meta.txt", ten.join("\n"));
    for (const name of ["data_batch_2.bin", "test_batch.bin"]) put(folder, name, records([[9], [2]]));
    expect((await openData(root, { partial: true })).train.length).toBe(2);
  });

  it("is the preset's beside another set, and none where a CSV of images stands for the folder", async () => {
    const root = temporaryFolder();
    cifar100Pickles(join(root, "cifar-100-python"));
    put(root, "stanford_cars/cars_annos.mat", "");
    await expect(openData(root)).rejects.toThrow("expected one set, found cifar-100-python and stanford_cars; give");
    expect((await openData(root, { preset: "cifar100" })).name).toMatch(/^cifar100/);
    await putPictures(root, ["i/1.png", "i/2.png"]);
    put(root, "labels.csv", "file,coarse\ni/1.png,a\ni/2.png,b\n");
    expect((await openData(root, { preset: "cifar100" })).train.coarseClasses).toEqual(["a", "b"]);
  });

  it("is refused where it is empty", async () => {
    const root = temporaryFolder();
    put(root, "cifar-100-binary/README", "");
    await expect(openData(root)).rejects.toThrow("expected the files of cifar100, found only cifar-100-binary; run");
  });
});
