import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { faultAt, parseJson } from "./json.ts";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe("JSON", () => {
  it("may begin with a byte order mark", () => {
    expect(parseJson('\ufeff{"a": [1]}', "x.json")).toEqual({ a: [1] });
  });

  it.each([
    ["", 1, 1, "the end of the text"],
    ["[1, 2", 1, 6, "the end of the text"],
    ['{"a": 1,\r\n  "b" 2}', 2, 7, '"2}"'],
    ["[1,\n2,\n]", 3, 1, '"]"'],
    ['{"a": 1]', 1, 8, '"]"'],
    ["{a: 1}", 1, 2, '"a: 1}"'],
    ["{1: 1}", 1, 2, '"1: 1}"'],
    ['["a\nb"]', 1, 4, '"\\nb\\"]"'],
    ['["\\x"]', 1, 3, '"\\\\x\\"]"'],
    ["[01]", 1, 3, '"1]"'],
    ["[NaN]", 1, 2, '"NaN]"'],
    ["{} x", 1, 4, '"x"'],
  ])("is refused with its place: %j", (text, line, character, found) => {
    const message = `x.json, line ${line}, character ${character}: expected JSON, found ${found}`;
    expect(() => parseJson(text, "x.json")).toThrow(message);
  });

  it("has a fault where, and only where, JSON.parse finds one", () => {
    const piece = fc.constantFrom(..."{}[],:1- \\", '"a"', '"', ".5", "e3", "true", "nul");
    const pieces = fc.array(piece, { maxLength: 12 }).map((list) => list.join(""));
    fc.assert(
      fc.property(fc.oneof(pieces, fc.json()), (text) => {
        const at = faultAt(text);
        if (at < text.length) expect(isJson(text)).toBe(false);
        if (isJson(text)) expect(at).toBe(text.length);
      }),
      { numRuns: 3000 },
    );
  });

  it("is searched in bounded time and stack", () => {
    for (const text of ["[".repeat(1e6), `"${"a".repeat(1e6)}`, `[${"1,".repeat(1e6)}`]) {
      expect(() => parseJson(text, "x.json")).toThrow("found the end of the text");
    }
  });
});
