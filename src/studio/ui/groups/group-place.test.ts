import { expect, it } from "vitest";
import { placeFromText, placesInClass, stepFrom, textOfPlace } from "./group-place.ts";

const state = { coarse: ["birds", "a/b", "7", "birds/12"] };

it("is what the address says", () => {
  for (let coarse = 0; coarse < state.coarse.length; coarse++) {
    for (const group of [0, 5, 2 ** 31 - 3]) {
      expect(placeFromText(textOfPlace({ coarse, group }, state), state)).toEqual({ coarse, group });
    }
  }
  expect(placeFromText("a/b", state)).toEqual({ coarse: 1, group: undefined });
  expect(placeFromText("7", state)).toEqual({ coarse: 2, group: undefined });
});

it("is the largest group of the first class where the address says nothing, or another class", () => {
  for (const text of [undefined, "", "none", "fish", "fish/3", "/3"]) {
    expect(placeFromText(text, state), text).toEqual({ coarse: 0, group: undefined });
  }
});

it("goes through the groups, the largest first, and around the end", () => {
  const groups = [3, 9, 9, 1].map((size, i) => ({ id: i + 1, coarse: 0, name: null, size, foundAgain: null }));
  const places = placesInClass(groups);
  expect(places).toEqual([2, 3, 1, 4, 0]);
  expect(stepFrom(places, 2, 1)).toBe(3);
  expect(stepFrom(places, 2, -1)).toBe(0);
  expect(stepFrom(places, 0, 1)).toBe(2);
  expect(stepFrom([0], 0, 1)).toBe(0);
});
