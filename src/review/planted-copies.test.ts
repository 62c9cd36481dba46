import sharp, { type Sharp } from "sharp";
import { expect, test } from "vitest";
import { type Random, random } from "../core/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import { duplicates } from "./duplicates.ts";
import { GREY_SIDE } from "./same-picture.ts";

const [WIDTH, HEIGHT, DIM, EACH] = [120, 90, 16, 6];

/** A scene: coarse and fine texture, and things at the places `shift` px beside their own. */
async function scene(seed: number, shift = 0): Promise<Buffer> {
  const rng = random(seed);
  const texture = (sigma: number, strength: number, of: Random) =>
    sharp(Buffer.from(Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => 256 * of.uniform())), {
      raw: { width: WIDTH, height: HEIGHT, channels: 3 },
    })
      .blur(sigma)
      .linear(strength, 128 * (1 - strength));
  const things = Array.from({ length: 6 }, () => {
    const [x, y, w, h] = [rng.uniform() * 90, rng.uniform() * 60, 10 + rng.uniform() * 40, 10 + rng.uniform() * 30];
    const colour = `rgb(${[0, 1, 2].map(() => rng.integer(256)).join()})`;
    return `<rect x="${x + shift}" y="${y}" width="${w}" height="${h}" rx="${rng.integer(12)}" fill="${colour}"/>`;
  });
  const drawn = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}">${things.join("")}</svg>`;
  const ground = await texture(9, 6, rng).png().toBuffer();
  const grain = await texture(1, 0.5, random(seed, shift)).png().toBuffer();
  return sharp(ground)
    .composite([{ input: Buffer.from(drawn) }, { input: grain, blend: "soft-light" }])
    .png()
    .toBuffer();
}

const crop = (image: Buffer, rng: Random): Sharp => {
  const [width, height] = [Math.round(0.9 * WIDTH), Math.round(0.9 * HEIGHT)];
  return sharp(image).extract({
    ...{ left: rng.integer(WIDTH - width + 1), top: rng.integer(HEIGHT - height + 1), width, height },
  });
};

const kinds: Readonly<Record<string, (image: Buffer, rng: Random) => Sharp>> = {
  "re-encoded": (image) => sharp(image),
  cropped: crop,
  flipped: (image) => sharp(image).flop(),
  brightened: (image, rng) => sharp(image).linear(1.15 + 0.2 * rng.uniform(), 5),
  "cropped, flipped": (image, rng) => crop(image, rng).flop(),
};

/** As thumbnails are squashed. */
const grey = async (image: Buffer): Promise<Uint8Array> =>
  new Uint8Array(await sharp(image).resize(GREY_SIDE, GREY_SIDE, { fit: "fill" }).greyscale().raw().toBuffer());

test("planted copies are found, kind by kind, and near pictures that are none are not", async () => {
  const rng = random(1);
  const names = Object.keys(kinds);
  const [images, features]: [Buffer[], number[][]] = [[], []];
  const add = (image: Buffer, vector: readonly number[]) => {
    images.push(image);
    features.push(vector.map((value) => value + 0.1 * rng.normal()));
    return images.length - 1;
  };
  const wanted: string[] = [];
  const counts = new Map<string, number>();
  for (let seed = 0; seed < EACH * names.length; seed++) {
    const vector = Array.from({ length: DIM }, () => rng.normal());
    const name = names[seed % names.length]!;
    const original = await scene(seed);
    const jpeg = kinds[name]!(original, rng).jpeg({ quality: 50 + rng.integer(41) });
    const pair = [add(original, vector), add(await jpeg.toBuffer(), vector)];
    wanted.push(pair.join());
    counts.set(pair.join(), seed % names.length);
    // The next picture of a burst: the things have moved by a sixth of the width.
    if (seed < EACH) add(await scene(seed, 20), vector);
  }
  // Most images have no copy: what is near is measured by them.
  const plain = await sharp({ create: { width: 9, height: 9, channels: 3, background: "#777" } })
    .png()
    .toBuffer();
  for (let i = 0; i < 100; i++) {
    add(
      plain,
      Array.from({ length: DIM }, () => rng.normal()),
    );
  }
  const neighbours = await nearestNeighbours({ features: Float32Array.from(features.flat()), dim: DIM, count: 5 });
  const pictures = await Promise.all(images.map(grey));
  const { pairs } = await duplicates({
    neighbours,
    digests: images.map((_, i) => `image ${i}`),
    pictures: async (some) => new Map([...some].map((i) => [i, pictures[i]!])),
  });
  const found = pairs.map(({ images }) => images.join());
  expect(found.filter((pair) => !wanted.includes(pair))).toEqual([]);
  const missing = wanted.filter((pair) => !found.includes(pair));
  expect(missing.map((pair) => names[counts.get(pair)!])).toEqual([]);
});
