import { expect, test } from "vitest";
import { aloneLines } from "./alone.ts";

const labels = (...values: number[]) => Int32Array.from(values);

test("images that are alone in their class are counted, by kind of class", () => {
  expect(aloneLines({ coarse: labels(0, 0, 1, 1), fine: labels(0, 0, 1, 1) })).toEqual([]);
  expect(aloneLines({ coarse: labels(0, 0, 1), fine: labels(0, 1, 1) })).toEqual([
    "1 of 3 images have no other of their fine class: they count as 0",
    "1 of 3 images have no other of their coarse class: they count as 0",
  ]);
  expect(aloneLines({ coarse: labels(0, 1, 2), fine: labels(0, 1, 2) })).toEqual([
    "3 of 3 images have no other of their coarse class: they count as 0",
  ]);
  expect(aloneLines({ coarse: labels(), fine: undefined })).toEqual([]);
});
