import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { decodeImage, readSize } from "./decode.ts";

const make = "make it JPEG, PNG, WebP, GIF, TIFF or AVIF";

/** A file of parts as HEIC, AVIF and videos have them: its first names its kind. */
const brand = (name: string) => Buffer.from(`\0\0\0\x18ftyp${name}\0\0\0\0${name}mif1`, "latin1");

/** Of 8 x 8 pixels, as heif-enc makes it, deflated. */
const heic = [
  "eNpjYGCQSSupLMhIzUxmAILczDRDEDs3MzGNgYFxbW5qSSIDBChmpOQUQdkMBZnJJQxogK8gsyQXzGICYoHMlESIEg4gZGCwyMzJT2YEMlwcgP",
  "KMEC2MF2EsBnWEKJyG6MvMS4ObKgrkpDKBVADVZJQlGzIgCYKVpBdlpoCYNzILigqA9LbMguR8IF0GVO3MyFwAd67cB4Y/f3/8YGDgZ1YAmibh",
  "wMjD+P8/SAEzwwQQAURyu5gcFIGSWk6MjGgyCxQaWae9Wjfr2QMHhwMNICEw0aIEVM7mwniw+GAn0BKRzOKCVKiFDlCMLMYBxQIFmRWZIAFmDg",
  "4QXyqzIBcW8MBwYWpkYmBiYm4ByxSlpsFCPCUzNx0cbqAQ08+FhLiyBuN6FiHhngc/Xh7KsL8b+Cdq6pZ5n+ourNZ+7Dm/fKPEpJX/FwAABRhd",
  "CA==",
].join("");

describe("a file of another kind under an image's name", () => {
  it.each([
    ["BMP", Buffer.from("BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "latin1"), `its content is a BMP picture: ${make}`],
    ["AVIF that moves", brand("avis"), `its content is an animated AVIF: ${make}`],
    ["MP4", brand("isom"), `its content is a video: ${make}`],
    ["JPEG XL", Buffer.of(0xff, 0x0a, 1, 2, 3), `its content is JPEG XL: ${make}`],
    ["PNM", Buffer.from("P6\n1 1\n255\nabc"), `its content is a PNM picture: ${make}`],
    ["PDF", Buffer.from("%PDF-1.7\n"), `its content is PDF: ${make}`],
    ["HTML", Buffer.from("\n<!DOCTYPE html><title>Not found</title>"), `its content is a web page: ${make}`],
    ["text", Buffer.from('{"error": "not found"}'), `its content is text: ${make}`],
    ["zeros", Buffer.alloc(9000), "it begins with zeros: copy or download it again"],
    ["nothing", Buffer.alloc(0), "it is empty: 0 bytes"],
    ["a cut TIFF", Buffer.from("II*\0\x08\0\0\0", "latin1"), "its content is a TIFF that is cut or damaged"],
    ["noise", Buffer.of(7, 0, 1, 200, 9, 3, 3), `its content is of no known kind: ${make}`],
  ])("is called by its kind: %s", async (_, bytes, reason) => {
    const file = put(temporaryFolder(), "x.jpg", bytes);
    await expect(readSize(file)).rejects.toThrow(new Error(reason));
    await expect(decodeImage(file)).rejects.toThrow(`x.jpg: expected a readable image, found ${reason}`);
    const from = new SharedArrayBuffer(bytes.length);
    new Uint8Array(from).set(bytes);
    await expect(readSize({ from, offset: 0, length: bytes.length })).rejects.toThrow(reason);
  });

  it("is refused when its header is read, where the decoder knows the header alone: HEIC", async () => {
    const file = put(temporaryFolder(), "x.jpg", inflateSync(Buffer.from(heic, "base64")));
    await expect(readSize(file)).rejects.toThrow(`its content is HEIC: ${make}`);
  });
});
