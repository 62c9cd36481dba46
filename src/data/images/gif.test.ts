import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { encodeGif } from "../../../test/image-encoders.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { decodeImage } from "./decode.ts";
import { countGifPixels } from "./gif-pixels.ts";

const palette = [
  [250, 10, 20],
  [30, 240, 40],
] as const;
const gif = (pixels: readonly number[], more: Partial<Parameters<typeof encodeGif>[0]> = {}) =>
  encodeGif({ width: 4, height: 3, palette, frames: [{ width: 4, height: 3, pixels }], ...more });
const decoded = (bytes: Uint8Array) => decodeImage(put(temporaryFolder(), "x.gif", bytes));

describe("a GIF", () => {
  it("is refused where its data end before its last pixel, which would be black", async () => {
    expect((await decoded(gif(new Array(12).fill(1)))).data).toEqual(
      Uint8Array.from({ length: 36 }, (_, i) => [30, 240, 40][i % 3]!),
    );
    await expect(decoded(gif(new Array(11).fill(1)))).rejects.toThrow("found its data end after 11 of 12 pixels");
  });

  it("is refused without a palette", async () => {
    const frame = { width: 4, height: 3, pixels: new Array<number>(12).fill(1) };
    const bytes = encodeGif({ width: 4, height: 3, frames: [frame] });
    await expect(decoded(bytes)).rejects.toThrow("found it has no palette");
  });
});

describe("countGifPixels", () => {
  it("counts what codes stand for that the dictionary learnt", () => {
    // Clear, 1, the first entry twice, the second entry in 4 bits, the end.
    const bits = ["100", "001", "110", "110", "1000", "0101"].reverse().join("");
    const packed = [...bits.padStart(24, "0").match(/.{8}/g)!].reverse().map((byte) => Number.parseInt(byte, 2));
    const bytes = Uint8Array.of(2, packed.length, ...packed, 0);
    expect(countGifPixels(bytes, 0, 100)).toBe(1 + 2 + 2 + 3);
    expect(countGifPixels(bytes, 0, 4)).toBe(4);
  });

  it.each([
    ["nothing", []],
    ["a size alone", [2]],
    ["codes too large", [200, 4, 255, 255, 255, 255, 0]],
    ["a code before its entry", [2, 2, 0b11_110_100, 255, 0]],
  ])("ends at %s", (_, bytes) => {
    expect(countGifPixels(Uint8Array.from(bytes), 0, 100)).toBe(0);
  });
});
