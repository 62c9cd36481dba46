import { expect, it } from "vitest";
import { keptOrder, placeFromText, placesInClass, stepFrom, stepWithin, textOfPlace } from "./group-place.ts";

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

it("goes through the groups, the largest first", () => {
  const groups = [3, 9, 9, 1].map((size, i) => ({ id: i + 1, coarse: 0, name: null, size, foundAgain: null }));
  const places = placesInClass(groups);
  expect(places).toEqual([2, 3, 1, 4, 0]);
  expect([stepWithin(places, 2, 1), stepWithin(places, 2, -1), stepWithin(places, 0, 1)]).toEqual([3, 2, 0]);
  expect([stepFrom(places, 2, 1), stepFrom(places, 2, -1), stepFrom(places, 0, 1)]).toEqual([3, 0, 2]);
  expect([stepFrom([0], 0, 1), stepWithin([0], 0, 1)]).toEqual([0, 0]);
  // 3 was emptied, 4 and 1 are one: the others stay where they were.
  expect(keptOrder(places, [5, 2, 0])).toEqual([5, 2, 0]);
  expect(keptOrder(places, [4, 1, 2, 0])).toEqual([2, 1, 4, 0]);
  expect(keptOrder([], places)).toEqual(places);
});
