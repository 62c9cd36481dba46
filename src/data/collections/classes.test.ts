import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, it, test } from "vitest";
import { png, put, putPictures } from "../../../test/data-samples.ts";
import { tarOf } from "../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { type Dataset, idOf } from "../dataset.ts";
import { type OpenOptions, openData } from "../open.ts";

type Labels = readonly (readonly [coarse: string, fine: string])[];

const writers: readonly (readonly [kind: string, write: (labels: Labels) => Promise<string>])[] = [
  [
    "a folder",
    async (labels) => {
      const folder = temporaryFolder();
      await putPictures(
        folder,
        labels.map(([coarse, fine], i) => `${coarse}/${fine}/${i}.png`),
      );
      return folder;
    },
  ],
  [
    "a CSV",
    async (labels) => {
      const folder = temporaryFolder();
      await putPictures(
        folder,
        labels.map((_, i) => `${i}.png`),
      );
      return put(folder, "l.csv", `file,coarse,fine\n${labels.map((pair, i) => `${i}.png,${pair.join()}\n`).join("")}`);
    },
  ],
  [
    "a Parquet file",
    async (labels) => {
      const images = await Promise.all(labels.map((_, i) => png(i)));
      const text = (place: 0 | 1) => labels.map((pair) => pair[place]);
      const bytes = parquetWriteBuffer({
        columnData: [
          { name: "image", data: images, type: "BYTE_ARRAY" },
          { name: "coarse", data: text(0), type: "STRING" },
          { name: "fine", data: text(1), type: "STRING" },
        ],
      });
      return put(temporaryFolder(), "a.parquet", new Uint8Array(bytes));
    },
  ],
  [
    "a tar",
    async (labels) => {
      const samples = labels.map(async ([coarse, fine], i) => [
        [`${i}.png`, await png(i)] as const,
        [`${i}.json`, JSON.stringify({ coarse, fine })] as const,
      ]);
      return put(temporaryFolder(), "x.tar", await tarOf((await Promise.all(samples)).flat()));
    },
  ],
];

const namesOf = ({ coarse, fine, coarseClasses, fineClasses }: Dataset) =>
  Array.from(coarse, (label, i) => `${coarseClasses[label]}: ${fineClasses![fine![i]!]}`).sort();

const open = async (write: (labels: Labels) => Promise<string>, labels: Labels, options: OpenOptions = {}) =>
  (await openData(await write(labels), { testFraction: 0, ...options })).train;

describe.each(writers)("%s", (_, write) => {
  it("keeps fine classes of one name in two coarse classes apart", async () => {
    const set = await open(write, [
      ["cat", "other"],
      ["dog", "other"],
      ["dog", "pug"],
    ]);
    expect(namesOf(set)).toEqual(["cat: cat/other", "dog: dog/other", "dog: pug"]);
  });

  it("gives three names to three classes whose paths end alike", async () => {
    const set = await open(write, [
      ["shoes", "boots"],
      ["bags", "boots"],
      ["old", "shoes/boots"],
    ]);
    expect(set.fineClasses).toEqual(["bags/boots", "old/shoes/boots", "shoes/boots"]);
    expect(namesOf(set)).toEqual(["bags: bags/boots", "old: old/shoes/boots", "shoes: shoes/boots"]);
  });

  it("takes two forms of one name for one class, and shows the composed one", async () => {
    const set = await open(write, [
      ["caf\u00e9", "cre\u0300me"],
      ["cafe\u0301", "cr\u00e8me"],
      ["tea", "green"],
    ]);
    expect(set.coarseClasses).toEqual(["caf\u00e9", "tea"]);
    expect(set.fineClasses).toEqual(["cr\u00e8me", "green"]);
  });

  it("goes with a coarse map in another form", async () => {
    const map = "fine,coarse\ncr\u00e8me,cafe\u0301\nnoir,caf\u00e9\ngreen,tea\n";
    const labels: Labels = [
      ["x", "cre\u0300me"],
      ["x", "noir"],
      ["y", "green"],
    ];
    const set = await open(write, labels, { coarseMap: put(temporaryFolder(), "m.csv", map) });
    expect(namesOf(set)).toEqual(["caf\u00e9: cr\u00e8me", "caf\u00e9: noir", "tea: green"]);
  });

  it("takes a coarse map by the names that the classes are shown by", async () => {
    const labels: Labels = [
      ["cat", "other"],
      ["dog", "other"],
    ];
    const map = (text: string) => ({ coarseMap: put(temporaryFolder(), "m.csv", `fine,coarse\n${text}`) });
    const set = await open(write, labels, map("cat/other,a\ndog/other,b\n"));
    expect(namesOf(set)).toEqual(["a: cat/other", "b: dog/other"]);
    await expect(open(write, labels, map("other,a\n"))).rejects.toThrow(
      'm.csv, line 2: expected one fine class of the images, found "other", which 2 coarse classes of the images have; ' +
        "give a line for each: cat/other, dog/other",
    );
  });
});

test.skipIf(process.platform === "win32")("a slash within a name makes no two classes one", async () => {
  const [, csv] = writers[1]!;
  const set = await open(csv, [
    ["a", "b/c"],
    ["a/b", "c"],
    ["x", "c"],
    ["x", "b/c"],
  ]);
  expect(new Set(set.fineClasses).size).toBe(4);
});

test("a folder is read and split alike on file systems that write letters differently", async () => {
  const names = ["cafe\u0301", "cafz", "caf\u00e8", "cafa"];
  const opened = async (form: "NFC" | "NFD") => {
    const folder = temporaryFolder();
    const paths = names.flatMap((name) => [...Array(30).keys()].map((i) => `${name}/e\u0301${i}.png`));
    await putPictures(
      folder,
      paths.map((path) => path.normalize(form)),
    );
    const { train, test } = await openData(folder);
    const ids = (set: Dataset) => Array.from(set.coarse, (_, i) => idOf(set, i).normalize("NFC"));
    return { train: ids(train), test: ids(test!), classes: train.coarseClasses, labels: train.coarse };
  };
  expect(await opened("NFD")).toEqual(await opened("NFC"));
});

test("what labels look like comes with the data", async () => {
  const [, csv] = writers[1]!;
  const file = await csv(Array.from({ length: 12 }, (_, i) => [i < 4 ? "Shoe" : `caption ${i}`, `${i}`] as const));
  expect((await openData(file)).warnings).toEqual([
    `${file}, column "coarse": 9 coarse classes for 12 images, such as "Shoe" and "caption 4": these look like captions or ` +
      "numbers of images; name the labels with --coarse-column",
  ]);
});

describe.each(writers)("-1 in %s", (_, write) => {
  it.each([
    [
      "coarse",
      [
        ["-1", "a"],
        ["x", "b"],
        ["y", "c"],
      ],
    ],
    [
      "fine",
      [
        ["x", "-1.0"],
        ["x", "b"],
        ["y", "c"],
      ],
    ],
  ] as const)("is no %s label", async (_, labels) => {
    await expect(openData(await write(labels), { testFraction: 0 })).rejects.toThrow(
      /expected a .*, found (-1, which stands for no label|none \(null, -1 or empty\))/,
    );
  });
});
