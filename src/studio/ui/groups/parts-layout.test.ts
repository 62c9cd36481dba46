import { expect, test } from "vitest";
import { partsLayout } from "./parts-layout.ts";

const large = { width: 1670, height: 780 };

test("parts have many large pictures where the window is large", () => {
  expect(partsLayout(large, 2)).toEqual({ columns: 2, tile: 96, shown: 56, scrolls: false });
  for (let parts = 2; parts <= 12; parts++) {
    const { columns, tile, shown, scrolls } = partsLayout(large, parts);
    expect(scrolls).toBe(false);
    expect(shown).toBeGreaterThanOrEqual(8);
    expect(tile).toBe(96);
    expect(Math.ceil(parts / columns) * (tile + 32)).toBeLessThanOrEqual(large.height);
  }
});

test("in a small window pictures are smaller, and at last the parts scroll", () => {
  expect(partsLayout({ width: 1100, height: 560 }, 6)).toMatchObject({ tile: 80, scrolls: false });
  expect(partsLayout({ width: 300, height: 200 }, 12)).toEqual({ columns: 1, tile: 48, shown: 5, scrolls: true });
  expect(partsLayout({ width: 0, height: 0 }, 2)).toMatchObject({ shown: 1 });
});
