import { expect, test } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { type Dataset, imagenetNormalization } from "../dataset.ts";
import { readFineLabels } from "./fine-labels.ts";

const ids = ["a/1.png", "a/2.png", "b/1.png", "b/2.png"];

function datasetIn(folder: string): Dataset {
  return {
    name: "some images",
    length: 4,
    coarseClasses: ["a", "b"],
    fineClasses: undefined,
    coarse: Int32Array.of(0, 0, 1, 1),
    fine: undefined,
    ids,
    source: { kind: "files", files: ids.map((id) => `${folder}/images/${id}`) },
    normalization: imagenetNormalization,
  };
}

async function read(text: string | Uint8Array) {
  const folder = temporaryFolder();
  return readFineLabels(put(folder, "labels.csv", text), datasetIn(folder));
}

test("labels images by id, the others stay unknown", async () => {
  expect(await read("fine,id\nred,b/1.png\nblue,a/1.png\nred,b/2.png\n,a/2.png\n")).toEqual({
    classes: ["red", "blue"],
    fine: Int32Array.of(1, -1, 0, 0),
    count: 3,
    unknown: undefined,
  });
});

test("counts the rows of other images, such as the held out", async () => {
  const { count, unknown, classes } = await read("id,fine\nc/1.png,green\na/1.png,red\nc/2.png,red\n");
  expect({ count, unknown, classes }).toEqual({
    ...{ count: 1, classes: ["red"] },
    unknown: { count: 2, first: 'line 2: "c/1.png"' },
  });
});

test("takes paths beside the CSV as well", async () => {
  expect((await read("file,note,fine\nimages/b/2.png,x,red\nb/1.png,,red\n")).fine).toEqual(
    Int32Array.of(-1, -1, 0, 0),
  );
});

test("keeps fine classes of one name in two coarse classes apart", async () => {
  expect(await read("id,fine\na/1.png,red\nb/1.png,red\nb/2.png,red\na/2.png,blue\n")).toMatchObject({
    classes: ["a/red", "b/red", "blue"],
    fine: Int32Array.of(0, 2, 1, 1),
  });
});

test("compares ids, paths and classes in NFC, and prefers what is written alike", async () => {
  const folder = temporaryFolder();
  const [composed, apart] = ["caf\u00e9.png", "cafe\u0301.png"];
  const of = (names: readonly string[]) => ({
    ...datasetIn(folder),
    ids: names,
    source: { kind: "files" as const, files: names.map((name) => `${folder}/images/${name}`) },
  });
  const file = (text: string) => put(folder, "labels.csv", text);
  for (const [there, asked] of [
    [composed, apart],
    [apart, composed],
  ] as const) {
    for (const name of [asked, `images/${asked}`, there]) {
      const dataset = of([there, "2", "3", "4"]);
      const { fine } = await readFineLabels(file(`file,fine\n${name},re\u0301d\n2,r\u00e9d\n`), dataset);
      expect(fine).toEqual(Int32Array.of(0, 0, -1, -1));
    }
  }
  const both = of([composed, apart, "3", "4"]);
  const { fine, classes } = await readFineLabels(file(`id,fine\n${apart},x\n${composed},y\n`), both);
  expect([fine, classes]).toEqual([Int32Array.of(1, 0, -1, -1), ["x", "y"]]);
});

test.each([
  ["name,fine\na/1.png,red\n", /labels\.csv, line 1: expected the header id,fine \(or file,fine\), found name,fine/],
  ["", /line 1: expected the header id,fine \(or file,fine\), found an empty file/],
  [
    "id,fine\nzz.png,red\n",
    /labels\.csv: expected training images of some images, such as a\/1\.png, found none \(line 2: "zz\.png"\)/,
  ],
  [
    "id,fine\na/1.png,red\na/1.png,blue\n",
    /line 3: expected one fine label an image, found a second one for a\/1\.png/,
  ],
  [
    Buffer.from("id,fine\na/1.png,caf\xe9\n", "latin1"),
    /labels\.csv, byte 19: expected text in UTF-8, found other bytes/,
  ],
  ["id,fine\na/1.png\n", /line 2: expected 2 fields, as in the header, found 1/],
  ['id,fine\n"a/1.png,red\n', /line 2: expected fields either plain or wholly in "quotes"/],
])("refuses %j in one line", async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});

test("damaged ones are read, or refused with their place", async () => {
  const folder = temporaryFolder();
  const dataset = datasetIn(folder);
  const whole = `id,fine\n${ids.map((id) => `"${id}","été ${id}"`).join("\r\n")}\n`;
  const file = put(folder, "labels.csv", whole);
  await survivesDamage(Buffer.from(whole), file, (damaged) => {
    put(folder, "labels.csv", damaged);
    return readFineLabels(file, dataset);
  });
});

test("-1 is no label, and a column that is there twice is refused", async () => {
  expect((await read("id,fine\na/1.png,-1\na/2.png,red\n")).count).toBe(1);
  await expect(read("id,fine,fine\na/1.png,red,blue\n")).rejects.toThrow(
    'line 1: expected each column once, found "fine" twice',
  );
});
