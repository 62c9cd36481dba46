import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import sharp from "sharp";
import { beforeEach, describe, expect, it, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { type Collection, openCollection } from "./open.ts";
import { openOriginal } from "./original.ts";
import { readCollectionRecord, writeCollectionRecord } from "./record.ts";

const SECRET = "root:x:0:0:a secret";
let root: string;
const at = (name: string) => join(root, name);
const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#c83214" } });
const hashed = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex").slice(0, 32);

beforeEach(async () => {
  root = temporaryFolder();
  for (const folder of ["data/inside", "data-beside"]) mkdirSync(at(folder), { recursive: true });
  writeFileSync(at("secret.txt"), SECRET);
  writeFileSync(at("outside.png"), await flat(4, 4).png().toBuffer());
  writeFileSync(at("data-beside/near.png"), await flat(4, 4).png().toBuffer());
  writeFileSync(at("data/inside/real.png"), await flat(30, 20).png().toBuffer());
});

/** A collection of these files; the hash is that of `bytes` where it is given. */
async function collectionOf(files: readonly (string | undefined)[], bytes?: Buffer): Promise<Collection> {
  const folder = temporaryFolder();
  const hash = bytes ? { hash: hashed(bytes) } : {};
  await writeSample(folder, [files.map((file, i) => sampleRow(i + 1, { file, ...hash }))]);
  const record = await readCollectionRecord(folder);
  await writeCollectionRecord(folder, { ...record, sources: [{ data: at("data"), folder: at("data") }] });
  return openCollection(folder);
}

/** What opening the one file gives, which holds these bytes. */
async function opened(name: string, bytes: Buffer) {
  writeFileSync(at(`data/${name}`), bytes);
  return openOriginal(await collectionOf([name], bytes), 0);
}

const refused = async (file: string | undefined, message: RegExp) => {
  const error: Error = await openOriginal(await collectionOf([file]), 0).then(
    () => new Error("it was opened"),
    (error) => error,
  );
  expect(error).toMatchObject({ code: "image" });
  expect(error.message).toMatch(message);
  expect(error.message).not.toMatch(/\n|secret$/);
};

test("a picture comes back at its size, or at 1600 px on its longest side, encoded anew", async () => {
  const noise = sharp({
    create: {
      width: 2400,
      height: 1000,
      channels: 3,
      background: "#000",
      noise: { type: "gaussian", mean: 128, sigma: 40 },
    },
  });
  const large = await opened(
    "large.jpg",
    await noise
      .withExifMerge({ IFD0: { Artist: SECRET } })
      .jpeg()
      .toBuffer(),
  );
  expect(large).toMatchObject({ width: 1600, height: 667, changed: false });
  const meta = await sharp(large.webp).metadata();
  expect(meta).toMatchObject({ format: "webp", width: 1600, height: 667 });
  expect(meta.exif).toBeUndefined();
  expect(Buffer.from(large.webp).includes(SECRET)).toBe(false);
  expect(await opened("one.png", await flat(1, 1).png().toBuffer())).toMatchObject({ width: 1, height: 1 });
  expect(await opened("line.png", await flat(9000, 2).png().toBuffer())).toMatchObject({ width: 1600, height: 1 });
  const small = await opened("small.png", await flat(30, 20).png().toBuffer());
  const [red, green] = await sharp(small.webp).raw().toBuffer();
  expect([red! > 180, green! < 80]).toEqual([true, true]);
});

test("an image that has changed since it was collected says so", async () => {
  const before = await flat(8, 8).png().toBuffer();
  writeFileSync(at("data/edited.png"), before);
  const collection = await collectionOf(["edited.png"], before);
  expect((await openOriginal(collection, 0)).changed).toBe(false);
  writeFileSync(at("data/edited.png"), await flat(9, 8).png().toBuffer());
  expect(await openOriginal(collection, 0)).toMatchObject({ changed: true, width: 9 });
});

describe("a collection that names other files", () => {
  it.each(["../outside.png", "inside/../../outside.png", "../data-beside/near.png", "../secret.txt"])(
    "is refused: %s",
    (file) => refused(file, /found a file outside of/),
  );

  it("is refused: absolute paths, but inside of the folder", async () => {
    await refused(at("outside.png"), /found a file outside of/);
    await refused("/etc/passwd", /found a file outside of/);
    expect((await openOriginal(await collectionOf([at("data/inside/real.png")]), 0)).width).toBe(30);
  });

  it("is refused: links that lead out, by file and by folder, but not one that stays", async () => {
    symlinkSync(at("outside.png"), at("data/link.png"));
    symlinkSync(at("data-beside"), at("data/elsewhere"));
    symlinkSync("inside/real.png", at("data/stays.png"));
    await refused("link.png", /found a file outside of/);
    await refused("elsewhere/near.png", /found a file outside of/);
    expect((await openOriginal(await collectionOf(["stays.png"]), 0)).width).toBe(30);
  });

  it("is refused: what is no file, or has no file", async () => {
    await refused("", /found a file outside of/);
    await refused(".", /found a file outside of/);
    await refused("inside", /found a folder/);
    await refused("gone.png", /found nothing of that name/);
    await refused("a\0b.png", /expected the file of an image/);
    await refused(`${"x".repeat(5000)}.png`, /expected the file of an image/);
    await refused(undefined, /found an image inside an archive/);
  });

  it.skipIf(process.platform === "win32")("is refused: a pipe, at once", async () => {
    execFileSync("mkfifo", [at("data/pipe.png")]);
    await refused("pipe.png", /found no regular file/);
  });
});

describe("a file that is no picture", () => {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>`;
  it.each<[string, Buffer | string, RegExp]>([
    ["text", SECRET, /expected the file of an image/],
    ["SVG with a script", svg, /svg/i],
    [
      "SVG called PNG, with an entity",
      `<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>${svg}`,
      /expected the file/,
    ],
    ["nothing", "", /empty/],
    ["PPM", "P3 1 1 255 1 2 3", /expected the file of an image/],
  ])("is refused: %s", async (_, content, message) => {
    writeFileSync(at("data/none.png"), content);
    await refused("none.png", message);
  });

  it("is refused: half a picture", async () => {
    const whole = await flat(200, 200).png().toBuffer();
    writeFileSync(at("data/half.png"), whole.subarray(0, whole.length / 2));
    await refused("half.png", /expected the file of an image/);
  });

  it("is refused before it is decoded: a picture of 4 billion pixels", async () => {
    writeFileSync(at("data/bomb.png"), bomb(65_000, 65_000));
    await refused("bomb.png", /65000 x 65000 pixels/);
  });

  it("is refused unread: a file of a terabyte", async () => {
    const { truncate } = await import("node:fs/promises");
    writeFileSync(at("data/huge.png"), "");
    await truncate(at("data/huge.png"), 2 ** 40);
    await refused("huge.png", /1099511627776 bytes, more than 67108864/);
  });
});

/** A PNG whose header promises so many pixels. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
    ends[0].writeUInt32BE(data.length);
    ends[1].writeUInt32BE(crc32(body));
    return Buffer.concat([ends[0], body, ends[1]]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [chunk("IHDR", header), chunk("IDAT", Buffer.alloc(30)), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}
