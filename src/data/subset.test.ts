import fc from "fast-check";
import { expect, test } from "vitest";
import type { Dataset, ImageSource } from "./dataset.ts";
import { idOf } from "./dataset.ts";
import { subset, subsetOf } from "./subset.ts";

const LENGTH = 12;

/** Sources of twelve images of 1 x 2 pixels, and how to read which image stands at a place of one. */
const sources: readonly [ImageSource, (source: never, place: number) => number][] = [
  [
    { kind: "memory", width: 2, height: 1, pixels: numbered(6) },
    (source: Extract<ImageSource, { kind: "memory" }>, place) => new Uint8Array(source.pixels)[6 * place + 5]!,
  ],
  [
    {
      kind: "packed",
      pixels: numbered(6),
      offsets: Float64Array.from({ length: LENGTH }, (_, i) => 6 * i),
      sizes: Int32Array.from({ length: 2 * LENGTH }, (_, i) => 100 * (i & 1) + (i >> 1)),
    },
    (source: Extract<ImageSource, { kind: "packed" }>, place) => {
      expect(source.sizes[2 * place + 1]).toBe(100 + source.sizes[2 * place]!);
      expect(source.offsets[place]).toBe(6 * source.sizes[2 * place]!);
      return new Uint8Array(source.pixels)[source.offsets[place]!]!;
    },
  ],
  [
    {
      kind: "slices",
      parts: ["a", "b"],
      part: Int32Array.from({ length: LENGTH }, (_, i) => i % 2),
      offsets: Float64Array.from({ length: LENGTH }, (_, i) => i * 2 ** 33),
      lengths: Int32Array.from({ length: LENGTH }, (_, i) => i + 1),
    },
    (source: Extract<ImageSource, { kind: "slices" }>, place) => {
      const image = source.lengths[place]! - 1;
      expect([source.part[place], source.offsets[place]]).toEqual([image % 2, image * 2 ** 33]);
      return image;
    },
  ],
  [
    { kind: "files", files: Array.from({ length: LENGTH }, (_, i) => `${i}.png`) },
    (source: Extract<ImageSource, { kind: "files" }>, place) => Number.parseInt(source.files[place]!, 10),
  ],
];

function numbered(bytes: number): SharedArrayBuffer {
  const pixels = new SharedArrayBuffer(LENGTH * bytes);
  new Uint8Array(pixels).forEach((_, i, all) => {
    all[i] = Math.floor(i / bytes);
  });
  return pixels;
}

const dataset = (source: ImageSource): Dataset => ({
  name: "twelve",
  length: LENGTH,
  coarseClasses: ["even", "odd"],
  fineClasses: Array.from({ length: LENGTH }, (_, i) => `fine ${i}`),
  coarse: Int32Array.from({ length: LENGTH }, (_, i) => i % 2),
  fine: Int32Array.from({ length: LENGTH }, (_, i) => i),
  ids: Array.from({ length: LENGTH }, (_, i) => `image ${i}`),
  source,
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
});

test.each(sources.map(([source, imageAt]) => [source.kind, source, imageAt] as const))(
  "an image keeps its labels, name and pixels (%s)",
  (_, source, imageAt) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LENGTH }), (count) => {
        const some = subset(dataset(source), count);
        expect([some.length, some.coarse.length]).toEqual([count, count]);
        const images = Array.from(some.fine!);
        expect(new Set(images).size).toBe(count);
        images.forEach((image, place) => {
          expect(some.coarse[place]).toBe(image % 2);
          expect(idOf(some, place)).toBe(`image ${image}`);
          expect(imageAt(some.source as never, place)).toBe(image);
        });
      }),
    );
  },
);

test("fewer images are among more of them, and all of them are the dataset", () => {
  const all = dataset(sources[3]![0]);
  const images = (count: number) => Array.from(subset(all, count).fine!);
  for (let count = 2; count <= LENGTH; count++) {
    expect(images(count)).toEqual(expect.arrayContaining(images(count - 1)));
  }
  expect(images(LENGTH)).toEqual(Array.from(all.fine!));
});

test("measured on training images, the data have no test images", () => {
  const train = dataset(sources[3]![0]);
  const data = { name: "twelve", train, test: subset(train, 3), skipped: [] };
  expect(subsetOf(data, {})).toEqual(data);
  expect(subsetOf(data, { measureOn: "train" })).toEqual({ ...data, test: undefined });
  expect(subsetOf(data, { trainImages: 2, measureOn: "test" })).toMatchObject({
    train: { length: 2 },
    test: data.test,
  });
});

test("more images than there are", () => {
  expect(() => subset(dataset(sources[3]![0]), 13)).toThrow(
    "--train-images: expected at most the 12 training images of twelve, found 13; lower it, or leave it out to train on all of them",
  );
});
