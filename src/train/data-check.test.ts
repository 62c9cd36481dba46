import { expect, it } from "vitest";
import { resolveConfig } from "../config/index.ts";
import type { Dataset } from "../data/index.ts";
import { dataWarnings, fewTestWarnings, lengthWarnings } from "./data-check.ts";

const setOf = (coarse: readonly number[], fine?: readonly number[]) =>
  ({
    name: "set",
    length: coarse.length,
    coarse: Int32Array.from(coarse),
    fine: fine && Int32Array.from(fine),
  }) as Dataset;

it("says how many test images no neighbour can be right for", () => {
  const train = setOf([0, 0, 1, 1]);
  const test = setOf([0, 0, 1, 1], [0, 0, 1, 2]);
  expect(dataWarnings({ name: "data", train, test, skipped: [] })).toEqual([
    expect.stringMatching(/^testing: 2 of 4 images have no other of their fine class: .* as 0; it takes more of them/),
  ]);
});

it("says how little figures of a few test images say", () => {
  const few = (train: number, test?: number) =>
    fewTestWarnings({
      ...{ name: "data", skipped: [], train: setOf(new Array(train).fill(0)) },
      test: test === undefined ? undefined : setOf(new Array(test).fill(0)),
    });
  expect(few(1000, 28)).toEqual([
    expect.stringMatching(/^testing: 28 images say little: one is 3\.6 points, .* ±19 points/),
  ]);
  expect(few(50)).toEqual([expect.stringMatching(/^testing: 50 images/)]);
  expect([few(50, 100), few(100)]).toEqual([[], []]);
});

it("names coarse classes that no training image has", () => {
  const train = { ...setOf([0, 0, 1, 1]), coarseClasses: ["a", "b", "c"] };
  expect(dataWarnings({ name: "data", train, test: setOf([0, 0, 2, 2]), skipped: [] })).toEqual([
    'test images alone have the coarse class "c": nothing is learnt of it',
  ]);
});

it("says that a few steps teach little, unless they were asked for", () => {
  const set = setOf(new Array(250).fill(0));
  const warnings = (flags: object) => lengthWarnings(resolveConfig({ flags: { batchSize: 128, ...flags } }), set);
  expect(warnings({ epochs: 20 })).toEqual([
    "20 epochs of 250 images are only 20 steps of 128: give more, such as --epochs 500, or a smaller --batch-size",
  ]);
  expect(warnings({ epochs: 100 })).toEqual([]);
  expect(warnings({ steps: 20 })).toEqual([]);
});
