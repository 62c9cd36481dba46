import { expect, test } from "vitest";
import { canonicalName } from "./canonical-name.ts";

test("names are composed, once and for all", () => {
  for (const [written, name] of [
    ["cafe\u0301", "caf\u00e9"],
    ["caf\u00e9", "caf\u00e9"],
    ["cafe", "cafe"],
    // Compatibility forms are other characters.
    ["\ufb01sh", "\ufb01sh"],
    ["\u1112\u1161\u11ab", "\ud55c"],
    ["", ""],
    ["\ud800e\u0301", "\ud800\u00e9"],
  ] as const) {
    expect(canonicalName(written)).toBe(name);
    expect(canonicalName(name)).toBe(name);
  }
});

test("a name of very many marks takes no time", () => {
  const hostile = `a${"\u0301\u0316".repeat(500_000)}`;
  const start = performance.now();
  expect(canonicalName(hostile)).toBe(hostile);
  expect(performance.now() - start).toBeLessThan(1000);
  const within = "e\u0316\u0301 ".repeat(200_000);
  expect(canonicalName(within)).toBe(within.normalize("NFC"));
});
