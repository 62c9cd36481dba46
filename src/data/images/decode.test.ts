import { inflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { encodePng, profileChunk } from "../../../test/image-encoders.ts";
import { profile } from "../../../test/image-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { decodeImage, readSize } from "./decode.ts";

/** Left half red, right half blue. */
const halves = () =>
  sharp({ create: { width: 4, height: 2, channels: 3, background: "red" } }).composite([
    { input: { create: { width: 2, height: 2, channels: 3, background: "blue" } }, left: 2, top: 0 },
  ]);

/** Of XYZ to XYZ, as Little CMS makes it, deflated. */
const xyzProfile = [
  "eNqVkMFqwkAQhv+gtYo9elTIuUQQPfTaePAkJdAK6m3dRFNI0iW7QXwPH6jvUOgTeOoDePbfUEREEWeZnW+G/X+WAZxdIlNdfQXE",
  "QpvpbO7afPxDEx3U8IKGkFr5QTDG1dj/wrH1p2u9cF88hJGWrN/MkVS5AZw6ebw2yvIHuSVjEZJjsuf3hz3ylhykSSH/fewPnqJs",
  "8s76zGxjihnmcPGJEBEyGJLBhpMFCnLCrsuaAVd8eqXPG76okbwV1TkVK8TUepwW0PR2seQ84kmwsfs734teDvpH99O40Kf+sNRX",
  "KuXEPV+YErk4fX+rPwCqpD2Y",
].join("");

const save = async (image: Sharp, name: string) => put(temporaryFolder(), name, await image.toBuffer());

describe("decodeImage", () => {
  it("turns an image the way its EXIF orientation says", async () => {
    // Orientation 6: turn a quarter clockwise, so that the left half comes to lie above.
    const file = await save(halves().png().withMetadata({ orientation: 6 }), "turned.png");
    expect(await readSize(file)).toEqual({ width: 2, height: 4 });
    const { width, height, data } = await decodeImage(file);
    expect([width, height]).toEqual([2, 4]);
    expect([[...data.subarray(0, 3)], [...data.subarray(-3)]]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
  });

  it("gives RGB whatever it finds: gray, transparent, 16 bits, palette, CMYK", async () => {
    const files = {
      gray: await save(halves().png().toColourspace("b-w"), "gray.png"),
      clear: await save(halves().ensureAlpha(0).png(), "clear.png"),
      deep: await save(halves().toColourspace("rgb16").png(), "deep.png"),
      palette: await save(halves().png({ palette: true }), "palette.png"),
      cmyk: await save(halves().toColourspace("cmyk").jpeg(), "cmyk.jpg"),
    };
    for (const [kind, file] of Object.entries(files)) {
      const { width, height, data } = await decodeImage(file);
      expect([kind, width, height, data.length]).toEqual([kind, 4, 2, 24]);
      if (kind === "gray") expect(new Set(data.subarray(0, 3)).size).toBe(1);
      else if (kind !== "cmyk") expect([kind, ...data.subarray(0, 3)]).toEqual([kind, 255, 0, 0]);
    }
  });

  it("applies a colour profile at 8 and at 16 bits a sample alike, and passes over one that is broken or of other colours", async () => {
    const [p3, srgb, cmyk] = [await profile("p3"), await profile("srgb"), await profile("cmyk")];
    const red = (icc: Uint8Array | undefined, deep: boolean) =>
      encodePng({
        width: 1,
        colorType: 2,
        bitDepth: deep ? 16 : 8,
        rows: [deep ? Uint8Array.of(156, 64, 0, 100, 78, 32) : Uint8Array.of(156, 0, 78)],
        chunks: icc ? [profileChunk(icc)] : [],
      });
    for (const deep of [false, true]) {
      for (const [name, icc, expected] of [
        ["none", undefined, [156, 0, 78]],
        ["srgb", srgb, [156, 0, 78]],
        ["p3", p3, [171, 0, 79]],
        ["cut", p3.subarray(0, 200), [156, 0, 78]],
        ["nonsense", Buffer.from("nonsense"), [156, 0, 78]],
        ["cmyk", cmyk, [156, 0, 78]],
      ] as const) {
        const { data } = await decodeImage(put(temporaryFolder(), "x.png", red(icc, deep)));
        expect([name, deep, ...data]).toEqual([name, deep, ...expected]);
      }
    }
  });

  it("passes over a profile of XYZ, which no image has", async () => {
    const plain = await halves().jpeg().toBuffer();
    const icc = inflateSync(Buffer.from(xyzProfile, "base64"));
    const length = Buffer.of(0xff, 0xe2, (icc.length + 16) >> 8, (icc.length + 16) & 0xff);
    const tagged = Buffer.concat([
      plain.subarray(0, 2),
      length,
      Buffer.from("ICC_PROFILE\0\x01\x01", "latin1"),
      icc,
      plain.subarray(2),
    ]);
    expect((await sharp(tagged).metadata()).icc).toHaveLength(icc.length);
    const [seen, expected] = [put(temporaryFolder(), "xyz.jpg", tagged), put(temporaryFolder(), "plain.jpg", plain)];
    expect(await decodeImage(seen)).toEqual(await decodeImage(expected));
  });

  it("mixes CMYK without a profile that fits from its inks, as Pillow does", async () => {
    const inks = halves().toColourspace("cmyk");
    const plain = await inks.clone().jpeg().toBuffer();
    const tagged = await inks.clone().withIccProfile("cmyk").jpeg().toBuffer();
    const broken = Buffer.from(tagged);
    broken.fill(7, tagged.indexOf("acsp") - 36, tagged.indexOf("acsp") + 2000);
    const first = async (bytes: Uint8Array) => {
      const { data } = await decodeImage(put(temporaryFolder(), "x.jpg", bytes));
      return [...data.subarray(0, 3)];
    };
    const mixed = async (bytes: Uint8Array) => {
      const raw = sharp(bytes).pipelineColourspace("cmyk").toColourspace("cmyk").raw();
      const [c, m, y, k] = [...(await raw.toBuffer()).subarray(0, 4)];
      return [c!, m!, y!].map((ink) => 255 - k! - Math.round((ink * (255 - k!)) / 255));
    };
    expect(await first(plain)).toEqual(await mixed(plain));
    expect(await first(broken)).toEqual(await mixed(broken));
    expect(await first(tagged)).not.toEqual(await mixed(tagged));
  });

  it("says once what libvips says again and again", async () => {
    const whole = await halves().resize(200, 200).avif().toBuffer();
    const cut = put(temporaryFolder(), "cut.avif", whole.subarray(0, whole.length / 2));
    await expect(decodeImage(cut)).rejects.toThrow(
      /^\S+cut\.avif: expected a readable image, found heif: Invalid input[^\n]*$/,
    );
    const jpeg = await halves().resize(200, 200).jpeg().toBuffer();
    // The table of codes after its marker, length and number.
    jpeg.fill(0xff, jpeg.indexOf(Buffer.of(0xff, 0xc4)) + 5, jpeg.indexOf(Buffer.of(0xff, 0xc4)) + 21);
    const table = put(temporaryFolder(), "table.jpg", jpeg);
    for (const read of [decodeImage, readSize]) {
      const { message } = await (read(table) as Promise<unknown>).then(
        () => expect.fail("it was read"),
        (error: Error) => error,
      );
      expect(message.match(/Bogus Huffman/g)).toHaveLength(1);
    }
  });

  it("reduces to a short side and never enlarges", async () => {
    const file = await save(halves().resize(40, 20).png(), "wide.png");
    for (const [short, size] of [
      [10, [20, 10]],
      [50, [40, 20]],
      [undefined, [40, 20]],
    ] as const) {
      const { width, height, data } = await decodeImage(file, short);
      expect([width, height, data.length]).toEqual([...size, size[0] * size[1] * 3]);
    }
  });

  it("reads AVIF, and refuses SVG under another name", async () => {
    expect(await readSize(await save(halves().avif(), "a.avif"))).toEqual({ width: 4, height: 2 });
    const svg = put(temporaryFolder(), "a.png", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
    await expect(readSize(svg)).rejects.toThrow("its content is svg: make it JPEG, PNG, WebP, GIF, TIFF or AVIF");
  });

  it("says what is odd about the path of a file that is not there", async () => {
    const folder = temporaryFolder();
    put(folder, "a/1.jpg", "");
    const reasonFor = (path: string) => expect(readSize(`${folder}/${path}`)).rejects;
    await reasonFor("a/1").toThrow(
      new Error("nothing of that name: its name needs the ending that the file has, such as .jpg"),
    );
    await reasonFor("a/2.jpg").toThrow(new Error("nothing of that name"));
    await reasonFor("a").toThrow(new Error("it is a folder"));
    if (process.platform === "win32") return;
    await reasonFor("a\\1.jpg").toThrow(new Error("nothing of that name: write / in place of \\ in its path"));
  });

  it("names the file it cannot read", async () => {
    const file = put(temporaryFolder(), "words.png", "words");
    await expect(decodeImage(file)).rejects.toMatchObject({ code: "image", failure: { where: file } });
    await expect(decodeImage(`${file}.none`)).rejects.toThrow("words.png.none");
  });
});
