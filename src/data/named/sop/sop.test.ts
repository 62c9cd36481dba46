import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { png, put, putPictures } from "../../../../test/data-samples.ts";
import { messageOfRefusal } from "../../../../test/refusals.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { MaskconError } from "../../../core/index.ts";
import { type Dataset, idOf, imagenetNormalization } from "../../dataset.ts";
import { openData } from "../../open.ts";
import { checkSop } from "./check-sop.ts";
import { readSopEbay } from "./sop-ebay.ts";
import { readSopJson } from "./sop-json.ts";
import { sopDigest } from "./sop-lists.ts";

type Row = [path: string, coarse: number, fine: number];

const train: Row[] = [
  ["bicycle_final/11_0.JPG", 0, 0],
  ["bicycle_final/11_1.JPG", 0, 0],
  ["toaster_final/13_0.JPG", 11, 1],
  ["toaster_final/13_7.JPG", 11, 1],
];
/** Split 1: other products, numbered from 0 again. */
const others: Row[] = [
  ["bicycle_final/21_0.JPG", 0, 0],
  ["toaster_final/20_1.JPG", 11, 1],
];
/** Split 2: other images of the same. */
const same: Row[] = [
  ["bicycle_final/11_2.JPG", 0, 0],
  ["toaster_final/13_1.JPG", 11, 1],
];

function putLists(folder: string, lists: Record<string, Row[]>): void {
  for (const [split, rows] of Object.entries(lists)) {
    for (const [column, name] of ["path", "coarse_label", "fine_label"].entries()) {
      put(folder, `${split}_${name}.json`, JSON.stringify(rows.map((row) => row[column])));
    }
  }
}

async function sop(images = ""): Promise<string> {
  const folder = temporaryFolder();
  putLists(join(folder, "sop_split1"), { train, test: others });
  putLists(join(folder, "sop_split2"), { train, test: same });
  await putPictures(
    join(folder, images),
    [...train, ...others, ...same].map(([path]) => path),
  );
  return folder;
}

const labels = (set: Dataset) =>
  Array.from({ length: set.length }, (_, i) => [
    idOf(set, i),
    set.coarseClasses[set.coarse[i]!],
    set.fineClasses![set.fine![i]!],
  ]);

describe("Stanford Online Products by its JSON lists", () => {
  it("has split 1, whose test holds other products: one numbering for all", async () => {
    const { name, train: trained, test, skipped } = await openData(await sop(), { preset: "sop-split1" });
    expect([name, trained.name, test!.name, skipped]).toEqual([
      "sop-split1 (other lists)",
      "sop-split1 (other lists) train",
      "sop-split1 (other lists) test",
      [],
    ]);
    expect(labels(trained)).toEqual([
      ["bicycle_final/11_0.JPG", "bicycle", "bicycle/11"],
      ["bicycle_final/11_1.JPG", "bicycle", "bicycle/11"],
      ["toaster_final/13_0.JPG", "toaster", "toaster/13"],
      ["toaster_final/13_7.JPG", "toaster", "toaster/13"],
    ]);
    expect(labels(test!)).toEqual([
      ["bicycle_final/21_0.JPG", "bicycle", "bicycle/21"],
      ["toaster_final/20_1.JPG", "toaster", "toaster/20"],
    ]);
    expect(test!.fineClasses).toEqual(trained.fineClasses);
    expect(test!.coarseClasses).toEqual(trained.coarseClasses);
    expect([...trained.fine!].filter((label) => test!.fine!.includes(label))).toEqual([]);
    expect(trained.normalization).toEqual(imagenetNormalization);
  });

  it("has split 2, whose test holds the same products", async () => {
    const { train: trained, test } = await openData(await sop(), { preset: "sop-split2" });
    expect([trained.length, ...test!.fine!]).toEqual([4, 0, 1]);
    expect(idOf(test!, 0)).toBe("bicycle_final/11_2.JPG");
  });

  it("without such a preset is the split that is there, and the images may have the archive's folder", async () => {
    const folder = await sop("Stanford_Online_Products");
    expect((await openData(folder, { preset: "cpu-small" })).name).toMatch(/^sop-split1/);
    rmSync(join(folder, "sop_split1"), { recursive: true });
    expect((await openData(folder)).name).toMatch(/^sop-split2/);
    expect(await messageOfRefusal(openData(folder, { preset: "sop-split1" }))).toMatch(
      /expected sop_split1, or Ebay_train.txt and Ebay_test.txt, found no lists; copy coarse_labels\/sop_split1 of github/,
    );
  });

  it("skips missing images up to maxBad, and says where to get a missing folder of them", async () => {
    const folder = await sop();
    rmSync(join(folder, train[1]![0]));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /1 of 6 unreadable: bicycle_final\/11_1.JPG \(nothing of that name\); repair .*; unpack Stanford_Online.*MD5 7f73d41a/,
    );
    const { train: trained, skipped } = await openData(folder, { maxBad: 1 });
    expect([trained.length, skipped]).toEqual([
      3,
      [{ file: "bicycle_final/11_1.JPG", reason: "nothing of that name" }],
    ]);
    rmSync(join(folder, "bicycle_final"), { recursive: true });
    expect(await messageOfRefusal(openData(folder, { maxBad: 99 }))).toMatch(
      /such as bicycle_final, found none; unpack Stanford_Online_Products.zip .*MD5 7f73d41a/,
    );
  });

  it.each<[string, Row[], RegExp]>([
    ["a path that leads out", [["../a_final/1_0.JPG", 0, 0]], /paths like bicycle_final\/.*found "\.\.\/a_final/],
    [
      "a path of no category",
      [...train, ["bicycle/1_0.JPG", 0, 0]],
      /train_path.json, entry 4: expected paths like bicycle_final/,
    ],
    ["a negative label", [["bicycle_final/1_0.JPG", -1, 0]], /train_coarse_label.json, entry 0: .*from 0, found -1;/],
    [
      "a label that is no number",
      [["bicycle_final/1_0.JPG", 0, "a" as never]],
      /train_fine_label.json, entry 0: .*found "a";/,
    ],
    ["a path that is no text", [[7 as never, 0, 0]], /train_path.json, entry 0: .*a list of paths, found 7;/],
    ["no image", [], /found 0 paths/],
    [
      "two numbers for a product",
      [...train, ["bicycle_final/11_3.JPG", 0, 7]],
      /train_fine_label.json, entry 4: .* product of train, found 0 and 7 for "bicycle\/11"/,
    ],
    [
      "two products of a number",
      [...train, ["bicycle_final/12_3.JPG", 0, 0]],
      /train_fine_label.json, entry 4: .*found 0 for "bicycle\/11" and "bicycle\/12"/,
    ],
    [
      "two categories of a number",
      [...train, ["sofa_final/12_3.JPG", 0, 9]],
      /train_coarse_label.json, entry 4: .* each category, found 0 for "bicycle" and "sofa"/,
    ],
    [
      "an image twice",
      [...train, train[1]!],
      /train_path.json, entry 4: expected each image once, found "bicycle_final\/11_1.JPG" again, after \/.*train_path.json, entry 1;/,
    ],
    [
      "an image to train on and in the test",
      [...train, ["bicycle_final/21_0.JPG", 0, 7]],
      /test_path.json, entry 0: expected each image once, found "bicycle_final\/21_0.JPG" again, after .*train_path.json, entry 4;/,
    ],
  ])("refuses %s", async (_, rows, message) => {
    const folder = await sop();
    putLists(join(folder, "sop_split1"), { train: rows });
    const found = await messageOfRefusal(openData(folder));
    expect(found).toMatch(message);
    expect(found).toMatch(/sop_split1.*; copy coarse_labels\/sop_split1\S* of github/);
  });

  it("refuses lists of different lengths, missing ones and what is no JSON", async () => {
    const folder = await sop();
    const file = put(folder, "sop_split1/test_fine_label.json", "[0]");
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /test_path.json, entry 1: expected a coarse .*test_path.json, found 2 paths, 2 coarse and 1 fine labels/,
    );
    put(folder, "sop_split1/test_fine_label.json", "[0, 1");
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /test_fine_label.json, line 1, character 6: expected JSON, found the end of the text; copy/,
    );
    put(folder, "sop_split1/test_fine_label.json", "\ufeff[0, 1]");
    expect((await readSopJson(join(folder, "sop_split1"), () => "x")).test).toHaveLength(2);
    rmSync(file);
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /test_fine_label.json: expected a readable file, found nothing of that.*; copy \S+\/sop_split1\/test_fine_label.json of \S+ \(MD5 ccf1de63/,
    );
  });
});

const header = "image_id class_id super_class_id path";
const product = (category: string, superclass: number, id: number, images: number) =>
  Array.from({ length: images }, (_, i) => `9 ${id} ${superclass} ${category}_final/${id}_${i}.JPG`);

function putEbay(folder: string): void {
  const first = [...product("bicycle", 1, 1, 8), ...product("bicycle", 1, 2, 7), ...product("toaster", 12, 3, 9)];
  const second = [...product("bicycle", 1, 4, 12), ...product("toaster", 12, 5, 8), ...product("toaster", 12, 6, 10)];
  put(folder, "Ebay_train.txt", [header, ...first].join("\n"));
  put(folder, "Ebay_test.txt", `${[header, ...second].join("\r\n")}\r\n`);
}

describe("Stanford Online Products by its own lists", () => {
  it("has split 1: the products of at least 8 images, the first half to train on", async () => {
    const folder = temporaryFolder();
    putEbay(folder);
    const picture = await png(1);
    for (const id of [1, 4]) for (let i = 0; i < 12; i++) put(folder, `bicycle_final/${id}_${i}.JPG`, picture);
    for (const id of [3, 5, 6]) for (let i = 0; i < 12; i++) put(folder, `toaster_final/${id}_${i}.JPG`, picture);
    const { name, train: trained, test } = await openData(folder);
    expect([name, trained.length, test!.length]).toEqual(["sop-split1 (other lists)", 17, 30]);
    expect(new Set(labels(trained).map(([, , fine]) => fine))).toEqual(new Set(["bicycle/1", "toaster/3"]));
    expect(new Set(labels(test!).map(([, , fine]) => fine))).toEqual(new Set(["bicycle/4", "toaster/5", "toaster/6"]));
    const lists = await readSopEbay(folder, "");
    expect(lists.test[29]).toEqual({ path: "toaster_final/6_9.JPG", coarse: 11, fine: 2 });
    const json = temporaryFolder();
    const rows = (split: "train" | "test") => lists[split].map(({ path, coarse, fine }): Row => [path, coarse, fine]);
    putLists(json, { train: rows("train"), test: rows("test") });
    expect(sopDigest(await readSopJson(json, () => ""))).toBe(sopDigest(lists));
  });

  it("has no split 2", async () => {
    const folder = temporaryFolder();
    putEbay(folder);
    expect(await messageOfRefusal(openData(folder, { preset: "sop-split2" }))).toMatch(
      /found only Ebay_train.txt and Ebay_test.txt, from which split 2 does not follow; copy coarse_labels\/sop_split2/,
    );
  });

  it.each<[string, string, RegExp]>([
    ["another header", "a b c d", /Ebay_train.txt, line 1: expected "image_id/],
    ["a short line", `${header}\n1 1 1 a_final/1_0.JPG\n1 2 b`, /line 3: .*found "1 2 b"/],
    ["a category 0", `${header}\n1 1 0 a_final/1_0.JPG`, /line 2: /],
    [
      "too few images",
      `${header}\n1 1 1 a_final/1_0.JPG`,
      /at least 8 images in Ebay_train.txt and Ebay_test.txt, found 0/,
    ],
    [
      "a path that leads out",
      [header, ...product("../a", 1, 1, 8), ...product("b", 2, 2, 8)].join("\n"),
      /Ebay_train.txt, line 2: expected paths like/,
    ],
    [
      "two products of a number, after one that is left out",
      [
        header,
        ...product("b", 1, 3, 7),
        ...product("b", 1, 7, 8),
        "9 7 1 b_final/5_0.JPG",
        ...product("c", 2, 4, 8),
      ].join("\n"),
      /Ebay_train.txt, line 17: expected one label for each product of train, found 7 for "b\/7" and "b\/5"/,
    ],
    [
      "an image twice",
      [header, ...product("b", 1, 1, 8), ...product("b", 1, 1, 1), ...product("c", 2, 2, 8)].join("\n"),
      /Ebay_train.txt, line 10: expected each image once, found "b_final\/1_0.JPG" again, after .*Ebay_train.txt, line 2;/,
    ],
    [
      "two numbers of a category",
      [header, ...product("b", 1, 1, 8), ...product("b", 2, 2, 8)].join("\n"),
      /Ebay_train.txt, line 10: expected one label for each category, found 1 and 2 for "b"/,
    ],
  ])("refuses %s", async (_, text, message) => {
    const folder = temporaryFolder();
    put(folder, "Ebay_train.txt", text);
    put(folder, "Ebay_test.txt", header);
    expect(await messageOfRefusal(openData(folder))).toMatch(message);
  });
});

describe("a check of Stanford Online Products", () => {
  it("puts what is there beside what should be", async () => {
    const folder = await sop();
    rmSync(join(folder, train[1]![0]));
    const { files, facts } = await checkSop(folder, 2);
    expect(files.slice(0, 6).map(({ problem }) => problem)).toEqual(Array(6).fill(undefined));
    expect(files.slice(6)).toEqual([
      {
        file: join(folder, "sop_split2"),
        problem: expect.stringMatching(
          /^expected SHA-256 fca6d116.*, found [0-9a-f]{64}; copy coarse_labels\/sop_split2/,
        ),
      },
      {
        file: folder,
        problem: expect.stringMatching(/^1 of 6 images missing: bicycle_final\/11_1.JPG; unpack .*MD5 7f73d41a/),
      },
    ]);
    const found = Object.fromEntries(facts.map((fact) => [fact.what, [fact.expected, fact.found]]));
    expect(found).toMatchObject({
      "training images": [14_980, 4],
      "test images": [2996, 2],
      "fine classes to train on": [1498, 2],
      "fine classes in both": [1498, 2],
      "images on disk": [17_976, 5],
    });
    expect(found["SHA-256 of paths and labels"]![1]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("names the first of many missing images", async () => {
    const folder = await sop();
    rmSync(join(folder, "toaster_final"), { recursive: true });
    rmSync(join(folder, train[0]![0]));
    expect((await checkSop(folder, 1)).files.at(-1)!.problem).toMatch(
      /^4 of 6 images missing: bicycle_final\/11_0.JPG, toaster_final\/13_0.JPG, toaster_final\/13_7.JPG and 1 more; unpack/,
    );
  });

  it("names what is missing instead of failing", async () => {
    const folder = temporaryFolder();
    expect((await checkSop(folder, 1)).files).toEqual([
      { file: folder, problem: expect.stringMatching(/found no lists; copy/) },
    ]);
    putLists(join(folder, "sop_split1"), { train, test: others });
    expect((await checkSop(folder, 1)).files.at(-1)).toEqual({
      file: folder,
      problem: expect.stringMatching(/^no images; unpack/),
    });
    rmSync(join(folder, "sop_split1"), { recursive: true });
    mkdirSync(join(folder, "sop_split1"));
    expect((await checkSop(folder, 1)).files).toEqual([
      {
        file: join(folder, "sop_split1", "train_path.json"),
        problem: expect.stringMatching(/nothing of that name; copy/),
      },
    ]);
  });
});

describe("damaged lists", () => {
  const change = fc.record({
    at: fc.nat(),
    drop: fc.nat({ max: 9 }),
    add: fc.oneof(
      fc.string({ maxLength: 5 }),
      fc.constantFrom("1e999", "-0", "[[[[", "null", "\0", "\u2028", "9".repeat(400)),
    ),
  });
  const damage = (text: string, { at, drop, add }: { at: number; drop: number; add: string }) => {
    const place = at % text.length;
    return text.slice(0, place) + add + text.slice(place + drop);
  };
  const settled = async (work: Promise<unknown>, file: RegExp) => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error === undefined) return;
    expect(error).toBeInstanceOf(MaskconError);
    expect((error as MaskconError).message).toMatch(file);
  };

  it("in JSON are read or refused in one line that names the file and the place", async () => {
    const folder = temporaryFolder();
    putLists(folder, { train, test: others });
    const lists = ["train_path", "train_coarse_label", "test_fine_label"] as const;
    const column = { train_path: 0, train_coarse_label: 1, test_fine_label: 2 };
    const property = fc.asyncProperty(fc.constantFrom(...lists), change, async (list, edit) => {
      const rows = list.startsWith("train") ? train : others;
      const text = JSON.stringify(rows.map((row) => row[column[list]]));
      put(folder, `${list}.json`, damage(text, edit));
      const place = String.raw`/(train|test)_(path|coarse_label|fine_label)\.json(, (line|entry|byte) \d+|: .* character \d+)`;
      await settled(
        readSopJson(folder, () => "x"),
        new RegExp(`^${folder}.*${place}.*; x$`, "s"),
      );
      put(folder, `${list}.json`, text);
    });
    await fc.assert(property, { numRuns: 200, seed: 6 });
  });

  it("in text likewise, with the line", async () => {
    const folder = temporaryFolder();
    putEbay(folder);
    const text = [header, ...product("bicycle", 1, 1, 8), ...product("sofa", 9, 2, 8)].join("\n");
    const property = fc.asyncProperty(change, async (edit) => {
      put(folder, "Ebay_train.txt", damage(text, edit));
      const place = String.raw`(/Ebay_(train|test)\.txt, (line|byte) \d+: |: expected products of at least 8 images in Ebay_train)`;
      await settled(readSopEbay(folder, "x"), new RegExp(`^${folder}.*${place}.*; x$`, "s"));
    });
    await fc.assert(property, { numRuns: 200, seed: 6 });
  });

  it("of absurd size are refused unread", async () => {
    const folder = await sop();
    put(folder, "sop_split1/train_path.json", "[".repeat(2 ** 22 + 1));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /train_path.json: expected at most 4194304 bytes, found 4194305 bytes/,
    );
    put(folder, "sop_split1/train_path.json", "[".repeat(2 ** 21) + "]".repeat(2 ** 21));
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /train_path.json: expected a flat JSON list, found nesting at character 2;/,
    );
    put(folder, "sop_split1/train_path.json", `["a[\\"[", {}]`);
    expect(await messageOfRefusal(openData(folder))).toMatch(
      /train_path.json: expected a flat JSON list, found nesting at character 11;/,
    );
  });
});
