import { rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { put, putPictures } from "../../../../test/data-samples.ts";
import { type Mat, type MatOptions, matFile } from "../../../../test/mat-samples.ts";
import { messageOfRefusal, refusalOf } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { type Dataset, idOf, imagenetNormalization } from "../../dataset.ts";
import { openData } from "../../open.ts";
import { readCars } from "./cars196.ts";
import { bodyTypeOfModel } from "./cars196-classes.ts";
import { checkCars196 } from "./check-cars196.ts";

const box = { bbox_x1: 39, bbox_y1: 116, bbox_x2: 569, bbox_y2: 375 };
const class_names = Array.from({ length: 196 }, (_, i) => `Model ${195 - i}`);
const packed: MatOptions = { compress: true };

/** Models 53 (a pickup), 2 (a sedan) and 1 (an SUV), as MATLAB counts. */
const trainImages = [
  { ...box, class: 53, fname: "00001.jpg" },
  { ...box, class: 2, fname: "00002.jpg" },
];
const testImages = [
  { ...box, class: 2, fname: "00001.jpg" },
  { ...box, class: 1, fname: "00002.jpg" },
];

interface Parts {
  readonly train?: Mat;
  readonly test?: Mat;
  readonly names?: Mat;
}

/** The devkit's lists; the labels of the test images are a download of their own. */
function putDevkit(folder: string, { train, test, names = class_names }: Parts = {}, devkit = "devkit"): void {
  const annotations = { structs: trainImages };
  put(folder, `${devkit}/cars_train_annos.mat`, matFile({ annotations: train ?? annotations }, packed));
  put(folder, `${devkit}/cars_meta.mat`, matFile({ class_names: names }, packed));
  const labelled = { annotations: test ?? { structs: testImages } };
  put(folder, "cars_test_annos_withlabels.mat", matFile(labelled, { ...packed, bigEndian: true }));
}

const putCars = (folder: string, prefix = ["cars_train", "cars_test"]) =>
  putPictures(
    folder,
    prefix.flatMap((name) => [`${name}/00001.jpg`, `${name}/00002.jpg`]),
  );

const labels = (set: Dataset) =>
  Array.from({ length: set.length }, (_, i) => [
    idOf(set, i),
    set.coarseClasses[set.coarse[i]!],
    set.fineClasses![set.fine![i]!],
  ]);

describe("Stanford Cars", () => {
  it.each<[string, string, string, string[]]>([
    ["as the devkit has it", "", "devkit", ["cars_train", "cars_test"]],
    ["below stanford_cars, as torchvision has it", "stanford_cars", "devkit", ["cars_train", "cars_test"]],
    ["as unpacked from Kaggle", "", "car_devkit/devkit", ["cars_train/cars_train", "cars_test/cars_test"]],
    ["with all lists beside the images", "", "", ["cars_train", "cars_test"]],
  ])("%s", async (_, base, devkit, images) => {
    const folder = temporaryFolder();
    putDevkit(join(folder, base), {}, devkit);
    await putCars(join(folder, base), images);
    const { name, train, test, skipped } = await openData(folder, { preset: "cars196" });
    expect([name, skipped]).toEqual(["cars196 (other class names)", []]);
    expect(labels(train)).toEqual([
      ["train/00001.jpg", "pickup", "Model 143"],
      ["train/00002.jpg", "sedan", "Model 194"],
    ]);
    expect(labels(test!)).toEqual([
      ["test/00001.jpg", "sedan", "Model 194"],
      ["test/00002.jpg", "SUV", "Model 195"],
    ]);
    // The official numbers, although the names sort the other way and most models have no image.
    expect([...train.fine!, ...train.coarse, ...test!.fine!]).toEqual([52, 1, 0, 1, 1, 0]);
    expect([train.coarseClasses.length, train.fineClasses]).toEqual([8, class_names]);
    expect(train.normalization).toEqual(imagenetNormalization);
  });

  const relative = (file: string, of: number, test: number) => ({ relative_im_path: file, ...box, class: of, test });
  const all = [relative("car_ims/1.jpg", 53, 0), relative("car_ims/2.jpg", 196, 1), relative("car_ims/3.jpg", 18, 0)];

  it("as one list for all images", async () => {
    const folder = temporaryFolder();
    put(folder, "cars_annos.mat", matFile({ annotations: { structs: all }, class_names }, packed));
    await putPictures(folder, ["car_ims/1.jpg", "car_ims/2.jpg", "car_ims/3.jpg"]);
    const { train, test } = await openData(folder);
    expect(labels(train)).toEqual([
      ["car_ims/1.jpg", "pickup", "Model 143"],
      ["car_ims/3.jpg", "wagon", "Model 178"],
    ]);
    expect(labels(test!)).toEqual([["car_ims/2.jpg", "convertible", "Model 0"]]);
  });

  it("with coarse classes of the user's own", async () => {
    const folder = temporaryFolder();
    putDevkit(folder);
    await putCars(folder);
    const coarseMap = put(folder, "map.csv", "fine,coarse\nModel 143,late\nModel 194,early\nModel 195,late\n");
    const { train } = await openData(folder, { coarseMap });
    expect(labels(train).map(([, coarse]) => coarse)).toEqual(["late", "early"]);
    expect(train.coarseClasses).toEqual(["early", "late"]);
  });

  it("says what is missing and where to get it", async () => {
    const folder = temporaryFolder();
    await putCars(folder);
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /found no cars_train_annos.mat, cars_test_annos_withlabels.mat, cars_meta.mat; get cars_train_annos.mat \(MD5 7b154.*, from car_devkit.tgz\), cars_test_annos_withlabels.mat \(MD5 b0a2b.*\), cars_meta.mat \(MD5 4591b.*7545 lists copies$/,
    );
    put(folder, "cars_annos.mat", matFile({ annotations: { structs: all }, class_names }, packed));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /, cars_meta.mat \(cars_annos.mat goes with car_ims\/, not with cars_train\/\); get/,
    );
    rmSync(join(folder, "cars_annos.mat"));
    putDevkit(folder);
    rmSync(join(folder, "cars_train/00001.jpg"));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /1 of 4 unreadable: train\/00001.jpg \(nothing of that name\); repair .*; unpack car_ims.tgz .* cars_train.tgz \(MD5/,
    );
    rmSync(join(folder, "cars_test"), { recursive: true });
    expect(await messageOfRefusal(openData(folder, { maxBad: 99 }))).toMatch(
      /the images in .*\/cars_test, found no such folder; unpack/,
    );
    rmSync(join(folder, "cars_test_annos_withlabels.mat"));
    put(folder, "devkit/cars_test_annos.mat", matFile({ annotations: { structs: [{ fname: "00001.jpg" }] } }));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /found no cars_test_annos_withlabels.mat \(cars_test_annos.mat has no classes\); get cars_test_annos_withlabels.mat \(MD5 b0a2b[^,]*;/,
    );
  });

  it("beside car_ims/ asks for the one list of all images", async () => {
    const folder = temporaryFolder();
    await putPictures(folder, ["car_ims/1.jpg"]);
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /cars_annos.mat: .* nothing of that name; get cars_annos.mat \(MD5 b407c608/,
    );
  });

  const structs = (...items: Record<string, Mat>[]): Mat => ({ structs: items });

  it.each<[string, Parts, RegExp]>([
    [
      "no annotations",
      { train: 7 },
      /cars_train_annos.mat, entry annotations: expected "annotations", a struct array .*found 1 x 1 numbers;/,
    ],
    ["no file names", { train: structs({ class: 1 }) }, /with file names, found 1 x 1 struct/],
    [
      "no classes",
      { test: structs({ fname: "1.jpg" }) },
      /withlabels.mat, entry annotations: expected the field "class", found annotations/,
    ],
    ["class 0", { train: structs({ fname: "1.jpg", class: 0 }) }, /a class from 1 to 196, found 0 in annotation 1;/],
    ["class 197", { train: structs({ fname: "1.jpg", class: 197 }) }, /found 197 in annotation 1;/],
    [
      "an image with two annotations",
      { test: structs({ fname: "1.jpg", class: 1 }, { fname: "2.jpg", class: 1 }, { fname: "./1.jpg", class: 2 }) },
      /withlabels.mat: expected each image once, found ".\/1.jpg" again in annotation 3, after annotation 1; get/,
    ],
    ["half a class", { train: structs({ fname: "1.jpg", class: 1.5 }) }, /found 1.5 in annotation 1;/],
    ["a class that is text", { train: structs({ fname: "1.jpg", class: "x" }) }, /found "x" in annotation 1;/],
    [
      "a file name that is a number",
      { train: structs({ fname: 3, class: 1 }) },
      /a file name, found 3 in annotation 1;/,
    ],
    [
      "a path that leads out",
      { train: structs({ fname: "../1.jpg", class: 1 }) },
      /found "\.\.\/1.jpg" in annotation 1;/,
    ],
    ["an absolute path", { train: structs({ fname: "/1.jpg", class: 1 }) }, /a file name, found "\/1.jpg"/],
    [
      "too few names",
      { names: ["a", "b"] },
      /cars_meta.mat, entry class_names: .*196 names, found 2 cells with 2 different names;/,
    ],
    ["a name twice", { names: [...class_names.slice(1), "Model 0"] }, /found 196 cells with 195 different names;/],
    ["names of another kind", { names: "Model" }, /196 names, found 1 x 5 text;/],
  ])("refuses %s", async (_, parts, message) => {
    const folder = temporaryFolder();
    putDevkit(folder, parts);
    expect(await messageOfRefusal(readCars(folder))).toMatch(message);
  });

  it("refuses one list for all without the split", async () => {
    const folder = temporaryFolder();
    const [first] = all;
    const { test: _, ...image } = first!;
    put(folder, "cars_annos.mat", matFile({ annotations: structs(image), class_names }));
    expect(await messageOfRefusal(readCars(folder))).toMatch(
      /cars_annos.mat: expected the field "test", found annotations without it/,
    );
    put(folder, "cars_annos.mat", matFile({ annotations: structs({ ...image, test: 2 }), class_names }));
    expect(await messageOfRefusal(readCars(folder))).toMatch(/0 or 1 for the test split, found 2 in annotation 1/);
  });

  it("has a body type for each model", () => {
    expect(bodyTypeOfModel.length).toBe(196);
    expect(new Set(bodyTypeOfModel)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  });
});

describe("a check of Stanford Cars", () => {
  it("puts what is there beside what should be", async () => {
    const folder = temporaryFolder();
    putDevkit(folder);
    await putCars(folder);
    rmSync(join(folder, "cars_train/00001.jpg"));
    const { files, facts } = await checkCars196(folder);
    expect(files.map(({ file }) => file.slice(folder.length + 1))).toEqual([
      "devkit/cars_train_annos.mat",
      "cars_test_annos_withlabels.mat",
      "devkit/cars_meta.mat",
      "",
    ]);
    expect(files[1]!.problem).toMatch(
      /^expected MD5 b0a2b23655a3edd16d84508592a98d10, found [0-9a-f]{32}; get cars_test_annos_withlabels.mat .*7545/,
    );
    expect(files[3]!.problem).toMatch(
      /^1 of 4 images missing: cars_train\/00001.jpg; unpack car_ims.tgz .*MD5 065e5b46/,
    );
    expect(Object.fromEntries(facts.map((fact) => [fact.what, [fact.expected, fact.found]]))).toEqual({
      "training images": [8144, 2],
      "test images": [8041, 2],
      "coarse classes": [8, 3],
      "fine classes": [196, 3],
      "class names": ["official", "other"],
      "images on disk": [16_185, 3],
    });
  });

  it("names what is missing instead of failing", async () => {
    const folder = temporaryFolder();
    putDevkit(folder);
    const { files } = await checkCars196(folder);
    expect(files.slice(3)).toEqual(
      ["cars_train", "cars_test"].map((name) => ({
        file: join(folder, name),
        problem: expect.stringMatching(/^no such folder; unpack .*MD5 065e5b463ae28d29e77c1b4b166cfe61/),
      })),
    );
    rmSync(join(folder, "devkit/cars_meta.mat"));
    expect(await checkCars196(folder)).toEqual({
      files: [
        {
          file: folder,
          problem: expect.stringMatching(/found no cars_meta.mat; get cars_meta.mat \(MD5 4591ba8d/),
        },
      ],
      facts: [],
    });
  });
});

describe("damaged labels of Stanford Cars", () => {
  it("are read or refused in one line that names the file and the place", async () => {
    const folder = temporaryFolder();
    putDevkit(folder);
    const whole = matFile({ annotations: { structs: trainImages } });
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    const property = fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 3 }),
      fc.nat(),
      async (changes, cut) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const file = put(
          folder,
          "devkit/cars_train_annos.mat",
          bytes.subarray(0, cut % 3 ? bytes.length : cut % bytes.length),
        );
        await refusalOf(() => readCars(folder), file);
      },
    );
    await fc.assert(property, { numRuns: 150, seed: 6 });
  });

  it("of absurd size are refused unread", async () => {
    const folder = temporaryFolder();
    putDevkit(folder);
    put(folder, "devkit/cars_meta.mat", Buffer.alloc(2 ** 24 + 1));
    expect(await messageOfRefusal(readCars(folder))).toMatch(
      /cars_meta.mat: expected at most 16777216 bytes, found 16777217 bytes; get/,
    );
  });
});
