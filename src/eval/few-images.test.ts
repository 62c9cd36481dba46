import { expect, it } from "vitest";
import { fewImagesLine } from "./few-images.ts";

it("says what one image and chance make of a figure of few images", () => {
  // 1.96 * sqrt(0.25 / 28) = 0.1852
  expect(fewImagesLine(28)).toBe(
    "28 images say little: one is 3.6 points, and a figure has an error of up to ±19 points (95%); smaller differences may be chance",
  );
  expect(fewImagesLine(99)).toContain("one is 1.0 points, and a figure has an error of up to ±10 points");
  expect(fewImagesLine(1)).toContain("1 image says little");
  expect([fewImagesLine(100), fewImagesLine(0)]).toEqual([undefined, undefined]);
});
