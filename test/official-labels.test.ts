import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { LabelledFile } from "../src/data/collections/labelled.ts";
import { carsName, readCars } from "../src/data/named/cars196/cars196.ts";
import { checkCars196 } from "../src/data/named/cars196/check-cars196.ts";
import type { DatasetCheck } from "../src/data/named/dataset-check.ts";
import { checkSop } from "../src/data/named/sop/check-sop.ts";
import { readSop } from "../src/data/named/sop/sop.ts";
import { readSopEbay } from "../src/data/named/sop/sop-ebay.ts";
import { sopDigest } from "../src/data/named/sop/sop-lists.ts";
import { put } from "./data-samples.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const roots = [
  process.env.MASKCON_DATA ?? resolve(import.meta.dirname, "../../shared/data"),
  join(tmpdir(), "maskcon-data"),
];
const labels = roots.map((root) => join(root, "official-labels")).find((path) => existsSync(path));
if (!labels) console.warn(`SKIPPED: official-labels is not unpacked in ${roots.join(" or ")} (set MASKCON_DATA)`);

/** All facts but the images, which are not among the label files. */
function expectSound({ files, facts }: DatasetCheck): void {
  expect(files.filter(({ problem }) => problem !== undefined && !/^no (images|such folder); /.test(problem))).toEqual(
    [],
  );
  for (const { what, expected, found } of facts) {
    expect([what, found]).toEqual([what, what === "images on disk" ? 0 : expected]);
  }
  expect(facts.length).toBeGreaterThan(5);
}

describe.skipIf(!labels)("the official label files", () => {
  it("of Stanford Cars hold what the paper says", async () => {
    const folder = join(labels!, "cars196");
    expectSound(await checkCars196(folder));
    const { names, train, test } = await readCars(folder);
    expect(carsName(names, train.length, test.length)).toBe("cars196");
    expect(carsName(names, train.length - 1, test.length)).toBe("cars196 (other images)");
    const first = ({ id, coarse, fine }: LabelledFile) => [id, coarse, fine];
    expect(first(train[0]!)).toEqual(["car_ims/000001.jpg", "SUV", "AM General Hummer SUV 2000"]);
    expect(first(test.at(-1)!)).toEqual(["car_ims/016185.jpg", "convertible", "smart fortwo Convertible 2012"]);
    // What a name says of the body is what the map says: a map shifted by one would not survive this.
    const said =
      /\b(Sedan|SUV|Convertible|Coupe|Hatchback|Wagon|Van|Minivan|(?:Crew|Regular|Extended|Quad|Club) Cab)\b(?= \d{4}$)/;
    const pairs = new Map([...train, ...test].map(({ coarse, fine }) => [fine!, coarse]));
    const spoken = [...pairs].map(([fine, coarse]) => [said.exec(fine)?.[1], coarse] as const).filter(([word]) => word);
    const agreeing = spoken.filter(([word, coarse]) => {
      const body = word!.endsWith("Cab") ? "pickup" : word === "Minivan" ? "van" : word!.toLowerCase();
      return body === coarse.toLowerCase();
    });
    expect([pairs.size, spoken.length > 150, agreeing.length / spoken.length > 0.97]).toEqual([196, true, true]);
  });

  it("of Stanford Online Products hold what the paper says", async () => {
    expectSound(await checkSop(labels!, 1));
    expectSound(await checkSop(labels!, 2));
    const { lists } = await readSop(labels!, 1);
    expect(lists.train.at(-1)).toEqual({ path: "bicycle_final/281441567727_9.JPG", coarse: 0, fine: 2516 });
  });

  it("of split 1 follow from the dataset's own lists, wherever those are divided", async () => {
    const { lists } = await readSop(labels!, 1);
    const all = [
      ...lists.train.map((image) => ({ ...image, product: image.fine + 1 })),
      ...lists.test.map((image) => ({ ...image, product: image.fine + 5000 })),
    ];
    // The last product to train on is the first of the dataset's own test list: a bicycle again.
    const border = all.findIndex(({ path }) => path.startsWith("bicycle_final/281441567727_"));
    const rows = all.map(({ path, coarse, product }, i) => `${i + 1} ${product} ${coarse + 1} ${path}`);
    const small = ["70000 9999 3 chair_final/1_0.JPG", "70001 9999 3 chair_final/1_1.JPG"];
    const folder = temporaryFolder();
    const text = (lines: string[]) => ["image_id class_id super_class_id path", ...lines, ""].join("\n");
    put(folder, "Ebay_train.txt", text([...small, ...rows.slice(0, border)]));
    put(folder, "Ebay_test.txt", text(rows.slice(border)));
    expect(sopDigest(await readSopEbay(folder, ""))).toBe(sopDigest(lists));
    expect((await checkSop(folder, 1)).facts.find(({ what }) => what.startsWith("SHA-256"))).toMatchObject({
      found: sopDigest(lists),
      expected: sopDigest(lists),
    });
  });
});
