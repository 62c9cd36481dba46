import { expect, test } from "vitest";
import { featureDimOf, type Pooling, placesOf, poolFeatures, poolingFor, poolingText } from "./pooling.ts";

test("as many tokens as a square has places have no class token", () => {
  const text = (shape: readonly number[], asked?: Pooling) =>
    poolingText("tokens", shape, poolingFor("tokens", shape, asked));
  expect(text([1, 49, 192])).toBe("the mean of the tokens");
  expect(text([1, 50, 768])).toBe("the first token (CLS) and the mean of the others");
  expect(text([1, 261, 384])).toBe("the first token (CLS) and the mean of the last 256");
  expect(text([1, 261, 384], "cls")).toBe("the first token (CLS)");
  expect(text([1, 50, 768], "mean")).toBe("the mean of the last 49 tokens");
  expect(poolingText("map", [1, 8, 7, 7], undefined)).toBe("the mean over height and width");
  expect(poolingText("vector", [1, 8], undefined)).toBe("as it is");
});

test.each<[number, Pooling | undefined, Pooling]>([
  [50, undefined, "cls+mean"],
  [50, "cls", "cls"],
  [50, "mean", "mean"],
  [49, undefined, "mean"],
  [49, "mean", "mean"],
])("of %i tokens %s is %s", (tokens, asked, used) => {
  expect(poolingFor("tokens", [1, tokens, 8], asked)).toBe(used);
});

test("what an output does not have is refused", () => {
  const line =
    "--features cls: expected a class token before those of the patches, found 49 tokens, a square; use mean";
  expect(() => poolingFor("tokens", [1, 49, 8], "cls")).toThrow(line);
  expect(() => poolingFor("tokens", [1, 49, 8], "cls+mean")).toThrow("--features cls+mean: expected a class token");
  const unknown = '--features: expected one of cls, mean, cls+mean, found "first"';
  expect(() => poolingFor("tokens", [1, 50, 8], "first" as Pooling)).toThrow(unknown);
  const refused = "--features mean: expected an output of tokens [N, T, D], found a vector; leave it out";
  expect(() => poolingFor("vector", [1, 8], "mean")).toThrow(refused);
  expect(() => poolingFor("map", [1, 8, 7, 7], "cls")).toThrow("found a map");
  expect(poolingFor("map", [1, 8, 7, 7])).toBeUndefined();
});

/** Value of image i, token t, number d: 100 i + 10 t + d. */
const tokens = (n: number, t: number, d: number) =>
  Float32Array.from({ length: n * t * d }, (_, at) => {
    return 100 * Math.floor(at / (t * d)) + 10 * (Math.floor(at / d) % t) + (at % d);
  });
const pool = (t: number, pooling: Pooling) => [...poolFeatures(tokens(2, t, 2), "tokens", [2, t, 2], pooling)];

test("tokens become vectors", () => {
  expect(pool(5, "cls")).toEqual([0, 1, 100, 101]);
  expect(pool(5, "mean")).toEqual([25, 26, 125, 126]);
  expect(pool(5, "cls+mean")).toEqual([0, 1, 25, 26, 100, 101, 125, 126]);
  expect(pool(4, "mean")).toEqual([15, 16, 115, 116]);
  // A class token, one register and four patches.
  expect(pool(6, "cls+mean").slice(0, 4)).toEqual([0, 1, 35, 36]);
  expect(featureDimOf("tokens", [2, 5, 2], "cls+mean")).toBe(4);
});

test("maps with their channels last are averaged over their places, too", () => {
  // Two images of 2 x 2 places and three channels: value 100 i + 10 place + channel.
  const shape = [2, 2, 2, 3];
  const map = tokens(2, 4, 3);
  expect([...poolFeatures(map, "map", shape, undefined)]).toEqual([15, 16, 17, 115, 116, 117]);
  expect(featureDimOf("map", shape, undefined)).toBe(3);
  expect([placesOf([1, 3, 7, 7]), placesOf([1, 7, 7, 3]), placesOf([1, 7, 7, 7])]).toEqual([
    [2, 3],
    [1, 2],
    [2, 3],
  ]);
});

test("maps are averaged in float64", () => {
  const map = Float32Array.of(2 ** 24, 1, 1, 2 ** 24, 1, 2, 3, 4);
  expect([...poolFeatures(map, "map", [1, 2, 2, 2], undefined)]).toEqual([Math.fround((2 ** 25 + 2) / 4), 2.5]);
  expect(featureDimOf("map", [1, 2, 2, 2], undefined)).toBe(2);
});
