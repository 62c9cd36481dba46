import { describe, expect, it, test } from "vitest";
import { put, putPictures } from "../../../test/data-samples.ts";
import { survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { Dataset, LoadedData } from "../dataset.ts";
import { openData } from "../open.ts";
import { mapData, readCoarseMap } from "./coarse-map.ts";

const labels = (set: Dataset) =>
  Array.from(set.coarse, (label, i) => `${set.coarseClasses[label]}: ${set.fineClasses![set.fine![i]!]}`);

const map = 'fine,coarse\npug,dog\ntabby,cat\n"beagle",dog\n';

async function pictures(): Promise<string> {
  const folder = temporaryFolder();
  await putPictures(folder, ["beagle/1.png", "pug/1.png", "tabby/1.png"]);
  return folder;
}

describe("a coarse map", () => {
  it("makes a folder of one level coarse to fine", async () => {
    const folder = await pictures();
    const coarseMap = put(temporaryFolder(), "map.csv", map);
    const { train } = await openData(folder, { coarseMap, testFraction: 0 });
    expect(labels(train)).toEqual(["dog: beagle", "dog: pug", "cat: tabby"]);
  });

  it("makes a CSV of fine labels alone coarse to fine, whatever its columns are called", async () => {
    const folder = await pictures();
    const coarseMap = put(temporaryFolder(), "map.csv", map);
    const rows = "beagle/1.png,beagle\npug/1.png,pug\ntabby/1.png,tabby\n";
    const csv = put(folder, "l.csv", `file,fine\n${rows}`);
    expect(labels((await openData(csv, { coarseMap, testFraction: 0 })).train)).toHaveLength(3);
    await expect(openData(csv)).rejects.toThrow("line 1: expected the header file,coarse");
    const other = put(folder, "o.csv", `path,Breed\n${rows}`);
    const options = { coarseMap, testFraction: 0, imageColumn: "path", fineColumn: "breed" };
    expect(labels((await openData(other, options)).train)).toEqual(["dog: beagle", "dog: pug", "cat: tabby"]);
    await expect(openData(other, { ...options, fineColumn: "race" })).rejects.toThrow("header path,coarse (and race");
  });

  it("gives data that has coarse classes others, and gives them again", async () => {
    const fineClasses = ["beagle", "pug", "tabby"];
    const set = {
      fineClasses,
      coarseClasses: ["x"],
      coarse: Int32Array.of(0, 0, 0),
      fine: Int32Array.of(2, 0, 1),
    } as unknown as Dataset;
    const data: LoadedData = { name: "d", train: set, test: undefined, skipped: [] };
    const read = await readCoarseMap(put(temporaryFolder(), "map.csv", map));
    const once = mapData(data, read);
    expect(labels(once.train)).toEqual(["cat: tabby", "dog: beagle", "dog: pug"]);
    expect(mapData(once, read)).toEqual(once);
  });

  it.each([
    ["fine,coarse\npug,dog\npug,cat\n", 'line 3: expected each fine class once, found "pug" again, after line 2 (dog)'],
    [
      map.replace("pug", "pugg"),
      'line 2: expected a fine class of the images, found "pugg", which no image has; did you mean "pug"?',
    ],
    [
      `${map}lion,cat\nlynx,cat\n`,
      'line 5: expected a fine class of the images, found "lion" and 1 more, which no image has',
    ],
    [
      "fine,coarse\npug,dog\ntabby,cat\n",
      'expected a line for each of the 3 fine classes of the images, found none for "beagle"; add it',
    ],
    ["fine,coarse\npug,a\ntabby,a\nbeagle,a\n", 'expected at least two coarse classes, found only "a"'],
    ["fine,coarse\npug,\n", "line 2: expected a fine and a coarse class"],
    ["fine,coarse\npug,dog, small\n", "line 2: expected 2 fields, as in the header, found 3"],
    ["fine\npug\n", "line 1: expected the header fine,coarse, found fine"],
    ["", "line 1: expected the header fine,coarse, found an empty file"],
    ["fine;coarse\npug;dog\n", "found fine;coarse; separate its fields by commas, not by semicolons"],
    ['fine,coarse\n"pug', "line 2: expected fields either plain"],
  ])("is refused with its line: %j", async (text, message) => {
    const coarseMap = put(temporaryFolder(), "map.csv", text);
    await expect(openData(await pictures(), { coarseMap })).rejects.toThrow(message);
  });

  it("is read or refused with its place when it is damaged", async () => {
    const folder = temporaryFolder();
    const file = put(folder, "map.csv", map);
    await survivesDamage(Buffer.from(`\ufeff${map}"été","chat\n"`), file, (damaged) => {
      put(folder, "map.csv", damaged);
      return readCoarseMap(file);
    });
  });

  it("of absurd size is refused with its line", async () => {
    const lines = Array.from({ length: 1_000_001 }, (_, i) => `${i},a\n`);
    await expect(readCoarseMap(put(temporaryFolder(), "map.csv", `fine,coarse\n${lines.join("")}`))).rejects.toThrow(
      "map.csv, line 1000002: expected at most 1000000 rows after the header, found more",
    );
  });

  it("has a line for every class, also for one whose images turn out unreadable", async () => {
    const folder = await pictures();
    put(folder, "persian/1.png", "no picture");
    const coarseMap = put(temporaryFolder(), "map.csv", `${map}persian,cat\n`);
    const { train, skipped } = await openData(folder, { coarseMap, maxBad: 1, testFraction: 0 });
    expect(labels(train)).toEqual(["dog: beagle", "dog: pug", "cat: tabby"]);
    expect(skipped.map(({ file }) => file)).toEqual(["persian/1.png"]);
  });

  it("does not make columns of an image folder", async () => {
    await expect(openData(await pictures(), { coarseColumn: "a" })).rejects.toThrow(
      "--coarse-column (coarseColumn): expected data with columns",
    );
  });
});

test("a header that has a column twice is refused", async () => {
  const file = put(temporaryFolder(), "m.csv", "fine,Fine,coarse\na,b,A\nb,a,B\n");
  await expect(readCoarseMap(file)).rejects.toThrow('m.csv, line 1: expected each column once, found "fine" twice');
});
