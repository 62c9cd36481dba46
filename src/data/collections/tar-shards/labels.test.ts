import { pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { png, put } from "../../../../test/data-samples.ts";
import { bytesOf, tarOf } from "../../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { type OpenOptions, openData, openImages } from "../../open.ts";

type Members = readonly (readonly [name: string, content: string | Uint8Array])[];

const tar = async (members: Members) => put(temporaryFolder(), "x.tar", await tarOf(members));
const open = async (members: Members, options: OpenOptions = {}) =>
  openData(await tar(members), { testFraction: 0, ...options });

/** A sample for each JSON. */
const withJson = async (...texts: readonly string[]): Promise<Members> =>
  (
    await Promise.all(texts.map(async (text, i) => [[`${i}.png`, await png(i)] as const, [`${i}.json`, text] as const]))
  ).flat();

describe("labels in the JSON of samples", () => {
  it("are as they are written, however many digits they have", async () => {
    const { train } = await open(
      await withJson(
        '{"label": 1800000000000000001}',
        '\ufeff{"label": 1800000000000000002}',
        '{"label": -9223372036854775809}',
        '{"label": "1800000000000000001"}',
        '{"label": 1.0, "score": 0.12345678901234567}',
        '{"label": 1}',
        '{"label": "01"}',
        '{"label": -0}',
      ),
    );
    expect(Array.from(train.coarse, (label) => train.coarseClasses[label])).toEqual([
      ...["1800000000000000001", "1800000000000000002", "-9223372036854775809", "1800000000000000001"],
      ...["1", "1", "01", "0"],
    ]);
  });

  it.each([
    [
      '{"label": 1.8000000000000000011e18}',
      'text or a whole number as "label", found 1.8000000000000000011e18, whose digits are lost',
    ],
    ['{"label": 1e400}', 'as "label", found 1e400, whose digits are lost'],
    ['{"label": 0.99999999999999999}', "found 0.99999999999999999, whose digits are lost"],
    ['{"label": 1.00000000000000001}', "found 1.00000000000000001, whose digits are lost"],
    ['{"label": 1e30}', "found 1e30, whose digits are lost"],
    ['{"label": 1.5}', 'as "label", found 1.5'],
    ['{"label": true}', 'as "label", found true'],
    ['{"label": {"a": [9007199254740993]}}', 'as "label", found {"a":[9007199254740993]}'],
    ['{"label": "a", "label": "b"}', 'expected each key once, found "label" twice, with two values'],
    [`{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`, "expected JSON that is nested less deep, found more"],
    ['[{"label": 1}]', 'expected a JSON object, found [{"label": 1}]'],
    ['{"label": 01}', 'line 1, character 12: expected JSON, found "1}"'],
  ])("are refused with sample and key (case %#)", async (text, message) => {
    const refused = open(await withJson('{"label": 0}', text));
    await expect(refused).rejects.toThrow("(1.json)");
    await expect(refused).rejects.toThrow(message);
  });

  it("may have a key of the prototype's, or one that is written otherwise", async () => {
    const caf = (i: number) => `{"cafe\u0301": ${i}, "__proto__": ${i}}`;
    for (const coarseColumn of ["caf\u00e9", "cafe\u0301", "__proto__"]) {
      const { train } = await open(await withJson(caf(0), caf(1)), { coarseColumn });
      expect(train.coarseClasses).toEqual(["0", "1"]);
    }
  });
});

describe("samples", () => {
  it("are refused where a part is a link, which has no bytes of its own", async () => {
    for (const type of ["link", "symlink"] as const) {
      const tar = pack();
      tar.entry({ name: "a.png" }, await png(1));
      tar.entry({ name: "a.cls" }, "x");
      tar.entry({ name: "b.png", type, linkname: "a.png" });
      tar.entry({ name: "b.cls", type, linkname: "a.cls" });
      const file = put(temporaryFolder(), "x.tar", await bytesOf(tar));
      await expect(openData(file)).rejects.toThrow(
        /expected the bytes of every part, found b\.png, a link to another file; pack it anew with tar --dereference/,
      );
    }
  });

  it("are refused with their parts where none has an image that is read", async () => {
    await expect(
      open([
        ["a.bmp", "BM"],
        ["a.cls", "x"],
        ["b.bmp", "BM"],
        ["b.cls", "y"],
      ]),
    ).rejects.toThrow(
      /x\.tar: expected samples with an image, found samples with bmp, cls; give each one, as JPEG, PNG/,
    );
  });

  it("of which the first has no label are refused with the member that it lacks", async () => {
    const picture = await png(1);
    const members: Members = [
      ["a.png", picture],
      ["b.png", picture],
      ["b.cls", "x"],
    ];
    await expect(open(members)).rejects.toThrow(
      /\(a\.png\): expected a label: .*, found the parts and keys png; add a member a\.cls with the name of its class, and so for every image$/,
    );
    const named: Members = [["a.png", picture], ["a.json", '{"kind": "x"}'], ...members.slice(1)];
    await expect(open(named)).rejects.toThrow("png, json, kind; name the key or part with --coarse-column");
  });

  it("of which one alone has no label are refused with one that has", async () => {
    const picture = await png(1);
    const members: Members = [
      ["a.png", picture],
      ["a.cls", "x"],
      ["b.png", picture],
    ];
    await expect(open(members)).rejects.toThrow(
      /\(b\.png\): expected a label: .*, found the parts and keys png; give it one, as x\.tar\/a\.png has \(part cls\)$/,
    );
  });

  it("of a zip archive or of noise under the name are none", async () => {
    const zip = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(2000, 0xe7)]);
    await expect(openData(put(temporaryFolder(), "x.tar", zip))).rejects.toThrow(
      "byte 0: expected a tar file, found a zip archive; unpack it, and pack it as a tar",
    );
    await expect(openData(put(temporaryFolder(), "x.tar", Buffer.alloc(2000, 0xe7)))).rejects.toThrow(
      "byte 0: expected a tar file, found no header of a tar member",
    );
  });
});

describe("labels of samples", () => {
  it("stand at one place in all: another does not take that of a missing one", async () => {
    const members = await withJson('{"coarse": "a", "label": "x"}', '{"coarse": "b"}', '{"label": "y"}');
    await expect(open(members)).rejects.toThrow(
      "x.tar/2.png: expected the coarse label from key coarse of json, as in x.tar/0.png, found one from key label of json; " +
        "name what all samples have with --coarse-column",
    );
    await expect(open(await withJson('{"coarse": "a", "fine": "x"}', '{"coarse": null, "fine": "y"}'))).rejects.toThrow(
      '(1.png): expected a coarse label: cls, coarse.cls, or "coarse" or "label" in json',
    );
  });

  it("are all fine ones or none, also with a coarse map", async () => {
    const coarseMap = put(temporaryFolder(), "map.csv", "fine,coarse\na,x\nb,y\n");
    const members = await withJson('{"fine": "a"}', '{"coarse": "b"}');
    await expect(open(members, { coarseMap })).rejects.toThrow("one for x.tar/0.png and none here");
  });

  it("are no captions: a class for every image is refused with the part", async () => {
    const members: [string, string | Uint8Array][] = [];
    for (let i = 0; i < 12; i++) members.push([`${i}.png`, await png(i)], [`${i}.txt`, `a picture of ${i}`]);
    await expect(open(members)).rejects.toThrow(
      /x\.tar, part txt: expected coarse classes of several images, to learn from, found 12 coarse classes for 12 images/,
    );
    expect((await open(members, { oneClass: true })).train.length).toBe(12);
  });
});

describe("names of members", () => {
  const of = async (...names: readonly string[]): Promise<Members> =>
    Promise.all(names.map(async (name, i) => [name, name.endsWith("png") ? await png(i) : `${i}`] as const));

  it.each<[string, readonly string[], string]>([
    [
      "the parts of a sample lie apart",
      ["a.png", "b.png", "a.cls", "b.cls"],
      'x.tar, byte 512 (a.png): expected a label: cls, coarse.cls, or "coarse" or "label" in json, ' +
        "found png, and a.cls at byte 2560, after other samples; " +
        "keep the parts of a sample together: pack the members sorted by name (tar --sort=name)",
    ],
    [
      "labels come before images",
      ["a.cls", "b.cls", "a.png", "b.png"],
      "found sample a again (a.png), after byte 512; " +
        "give every sample a name of its own, and keep the parts of a sample together (tar --sort=name)",
    ],
    [
      "dots stand before the ending",
      ["img.v1.0001.png", "img.v1.0001.cls", "img.v1.0002.png", "img.v1.0002.cls"],
      "x.tar, sample img: expected one image in a sample, found v1.0001.png, v1.0002.png; " +
        "name the one that is meant with --image-column; where each is a sample of its own, " +
        "rename the members, since a sample's name ends at its first dot: img.v1.0001.png to img_v1_0001.png, and so on",
    ],
    [
      "one dot stands there",
      ["s/IMG.5.png", "s/IMG.5.cls", "s/IMG2.5.png", "s/IMG2.5.cls"],
      "found the parts and keys 5.png, 5.cls; rename the members, since a sample's name ends at its first dot: IMG.5.png to IMG_5.png, and so on",
    ],
    [
      "dots make a sample come twice",
      ["a.1.png", "a.cls", "b.1.png", "b.cls", "a.2.png", "a.cls"],
      "found sample a again (a.2.png), after byte 512; give every sample a name of its own, and keep the parts of a sample " +
        "together (tar --sort=name); if the names have dots in them, rename the members, since a sample's name ends at its first dot: a.2.png to a_2.png",
    ],
    [
      "folders are the classes",
      ["cat/1.png", "dog/2.png"],
      "found the parts and keys png; add a member cat/1.cls with the name of its class, and so for every image; if the folders in x.tar are the classes, unpack it (tar xf x.tar) and give its folder",
    ],
  ])("are explained where %s", async (_, names, message) => {
    await expect(open(await of(...names))).rejects.toThrow(message);
  });

  it("are explained where one sample has more parts than any", async () => {
    const names = Array.from({ length: 1001 }, (_, i) => `img.${i}.txt`);
    await expect(openImages(await tar(await of(...names)))).rejects.toThrow(
      "expected at most 1000 parts in a sample, found more, all of sample img; " +
        "rename the members, since a sample's name ends at its first dot: img.1000.txt to img_1000.txt, and so on",
    );
  });
});

describe("members of labels", () => {
  it.each([
    ["cls", ""],
    ["txt", " \n"],
    ["coarse.cls", ""],
    ["json", ""],
  ])("that are empty are named: %s", async (part, content) => {
    const members: Members = [
      ["0.png", await png(0)],
      [`0.${part}`, content],
      ["1.png", await png(1)],
      [`1.${part}`, "b"],
    ];
    await expect(open(members)).rejects.toThrow(
      new RegExp(`byte \\d+ \\(0\\.${part}\\): expected a (label|JSON object), found an empty member`),
    );
  });

  it("that are empty beside a whole fine label are named, too", async () => {
    const members: Members = [
      ["0.png", await png(0)],
      ["0.cls", "a"],
      ["0.fine.cls", ""],
    ];
    await expect(open(members)).rejects.toThrow("(0.fine.cls): expected a label, found an empty member");
  });

  it("with bytes of a number are refused", async () => {
    const members: Members = [
      ["0.png", await png(0)],
      ["0.cls", new Uint8Array([7])],
    ];
    await expect(open(members)).rejects.toThrow("(0.cls): expected a label as text, found control characters");
  });

  it("say that a key holds nothing", async () => {
    const refused = open(await withJson('{"label": null, "class": " "}', '{"label": 1}'));
    await expect(refused).rejects.toThrow("png, json, label (null or empty), class (null or empty);");
  });
});
