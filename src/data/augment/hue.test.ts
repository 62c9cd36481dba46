import { describe, expect, it } from "vitest";
import { random } from "../../core/index.ts";
import { hue } from "./hue.ts";

const { fround, floor, trunc } = Math;

/** PIL's `rgb2hsv`, the hue turned by `shift`, and `hsv2rgb`, without tables. */
function plainHue([r, g, b]: readonly [number, number, number], shift: number): number[] {
  const max = Math.max(r, g, b);
  const spread = max - Math.min(r, g, b);
  if (spread === 0) return [r, g, b];
  const s = trunc(fround(fround(spread / max) * 255));
  if (s === 0) return [max, max, max];
  const [rc, gc, bc] = [r, g, b].map((value) => fround((max - value) / spread)) as [number, number, number];
  const sector = fround(r === max ? bc - gc : g === max ? 2 + rc - bc : 4 + gc - rc);
  const circle = sector / 6 + 1;
  const h = (trunc(fround(circle - floor(circle)) * 255) + shift) & 255;
  const i = floor((h * 6) / 255);
  const f = fround((h * 6) / 255 - i);
  const fs = fround(s / 255);
  const p = floor(max * (1 - fs) + 0.5);
  const q = floor(max * (1 - fs * f) + 0.5);
  const t = floor(max * (1 - fs * (1 - f)) + 0.5);
  return [
    [max, t, p],
    [q, max, p],
    [p, max, t],
    [p, q, max],
    [t, p, max],
    [max, p, q],
  ][i % 6]!;
}

describe("hue", () => {
  it.each([0, 0.1, -0.1, 0.5, 1.5 / 255, -0.04])("turned by %d is PIL's, colour for colour", (factor) => {
    const rng = random(4);
    const levels = [0, 1, 2, 127, 128, 254, 255];
    const colours: [number, number, number][] = levels.flatMap((r) =>
      levels.flatMap((g) => levels.map((b): [number, number, number] => [r, g, b])),
    );
    for (let i = 0; i < 50_000; i++) colours.push([rng.integer(256), rng.integer(256), rng.integer(256)]);
    const data = Uint8Array.from(colours.flat());
    hue({ width: colours.length, height: 1, data }, factor);
    const shift = trunc(factor * 255) & 255;
    const wrong = colours.flatMap((colour, i) => {
      const [expected, found] = [plainHue(colour, shift), [...data.subarray(3 * i, 3 * i + 3)]];
      return String(found) === String(expected) ? [] : [{ colour, expected, found }];
    });
    expect(wrong).toEqual([]);
  });
});
