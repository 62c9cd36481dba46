import fc from "fast-check";
import { expect, test } from "vitest";
import { random } from "../core/index.ts";
import { nearestNeighbours } from "../eval/index.ts";
import { duplicates } from "./duplicates.ts";
import { GREY_SIDE, pictureAgreement, printOf } from "./same-picture.ts";
import { unionOf } from "./union.ts";

const agreementOf = (a: Uint8Array, b: Uint8Array): number => pictureAgreement(printOf(a), printOf(b));

const PIXELS = GREY_SIDE ** 2;

/** A smooth picture, by its value at any point of the unit square. */
function picture(seed: number): (x: number, y: number) => number {
  const rng = random(seed);
  const waves = Array.from({ length: 8 }, () => [
    rng.normal() * 6,
    rng.normal() * 6,
    rng.uniform() * 6,
    rng.normal() * 25,
  ]);
  return (x, y) =>
    Math.min(255, Math.max(0, 128 + waves.reduce((sum, [a, b, c, d]) => sum + d! * Math.sin(a! * x + b! * y + c!), 0)));
}

const drawn = (of: (x: number, y: number) => number): Uint8Array =>
  Uint8Array.from({ length: PIXELS }, (_, i) =>
    of(((i % GREY_SIDE) + 0.5) / GREY_SIDE, (Math.floor(i / GREY_SIDE) + 0.5) / GREY_SIDE),
  );

/** How far a picture differs from what is around each place at the side of details, in grey levels. */
function contrastOfDetails(of: (x: number, y: number) => number): number {
  const step = 1 / 28;
  const squares = Array.from({ length: 28 * 28 }, (_, i) => {
    const [x, y] = [((i % 28) + 0.5) * step, (Math.floor(i / 28) + 0.5) * step];
    return (of(x, y) - (of(x - step, y) + of(x + step, y) + of(x, y - step) + of(x, y + step)) / 4) ** 2;
  });
  return Math.sqrt(squares.reduce((a, b) => a + b) / squares.length);
}

test("a picture agrees with what was made of it, and not with another one", () => {
  fc.assert(
    fc.property(
      fc.nat(10_000),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      fc.double({ min: 0, max: 0.1, noNaN: true }),
      (seed, x0, y0) => {
        const original = picture(seed);
        // Else rounding to whole grey levels is what is compared: one picture of 200.
        fc.pre(contrastOfDetails(original) > 0.2);
        const made = {
          mirrored: drawn((x, y) => original(1 - x, y)),
          brighter: drawn((x, y) => Math.min(255, 40 + 0.8 * original(x, y))),
          cropped: drawn((x, y) => original(x0 + 0.9 * x, y0 + 0.9 * y)),
          both: drawn((x, y) => original(1 - (x0 + 0.9 * x), y0 + 0.9 * y)),
        };
        const whole = drawn(original);
        expect(agreementOf(whole, whole)).toBeCloseTo(1, 6);
        for (const other of Object.values(made)) {
          expect(agreementOf(whole, other)).toBeGreaterThan(0.85);
          expect(agreementOf(other, whole)).toBeCloseTo(agreementOf(whole, other), 2);
        }
      },
    ),
    // Stripes, of which a crop at a corner has the dark ones where the whole has the bright ones.
    { numRuns: 15, examples: [676, 1978, 2624, 7071, 8213].map((seed) => [seed, 0, 0]) },
  );
  const agreements = Array.from({ length: 20 }, (_, i) => agreementOf(drawn(picture(i)), drawn(picture(i + 100))));
  expect(Math.max(...agreements)).toBeLessThan(0.75);
});

test("pictures of one colour agree with none", () => {
  const plain = new Uint8Array(PIXELS).fill(7);
  expect([agreementOf(plain, plain), agreementOf(plain, drawn(picture(1)))]).toEqual([0, 0]);
});

test("a comparison leaves nothing behind for the next one", () => {
  const prints = [1, 2, 3].map((seed) => printOf(drawn(picture(seed))));
  prints.push(printOf(drawn((x, y) => picture(1)(0.05 + 0.9 * x, 0.05 + 0.9 * y))));
  const all = () => prints.flatMap((a) => prints.map((b) => pictureAgreement(a, b)));
  const first = all();
  expect(all()).toEqual(first);
  expect(first[3]).toBeGreaterThan(0.85);
});

test("copies are found by their bytes or their pixels, in sets, the surest first", async () => {
  const dim = 8;
  const n = 30;
  const rng = random(3);
  const features = Float32Array.from({ length: n * dim }, () => rng.normal());
  const grey = new Uint8Array(n * PIXELS);
  for (let i = 0; i < n; i++) grey.set(drawn(picture(i)), i * PIXELS);
  const digests = Array.from({ length: n }, (_, i) => `image ${i}`);
  /** Image `to` shows what `from` shows: its features are near. */
  const copy = (from: number, to: number, of = picture(from)) => {
    for (let d = 0; d < dim; d++) features[to * dim + d] = features[from * dim + d]! + 0.02 * rng.normal();
    grey.set(drawn(of), to * PIXELS);
  };
  copy(2, 20, (x, y) => picture(2)(1 - x, y));
  copy(2, 21, (x, y) => picture(2)(0.05 + 0.9 * x, 0.05 + 0.9 * y));
  digests[25] = digests[5]!;
  // Near features alone are no proof.
  for (let d = 0; d < dim; d++) features[9 * dim + d] = features[8 * dim + d]!;
  const neighbours = await nearestNeighbours({ features, dim, count: 5, threads: 1 });
  const pictures = async (images: Iterable<number>) =>
    new Map([...images].map((image) => [image, grey.subarray(image * PIXELS, (image + 1) * PIXELS)]));
  const { pairs, setOf, sets } = await duplicates({ neighbours, digests, pictures });
  expect(pairs[0]).toEqual({ images: [5, 25], sameBytes: true, agreement: 1 });
  expect(sets).toBe(2);
  expect(Object.fromEntries([...setOf.entries()].filter(([, set]) => set >= 0))).toEqual({
    2: 0,
    20: 0,
    21: 0,
    5: 1,
    25: 1,
  });
  expect(pairs.map(({ agreement }) => agreement)).toEqual(
    pairs.map(({ agreement }) => agreement).sort((a, b) => b - a),
  );
});

/** Trousers on black: two legs of a width, with a gap and a weave of their own. */
function trousers(seed: number): (x: number, y: number) => number {
  const rng = random(seed);
  const [half, gap] = [0.25 + 0.03 * rng.normal(), 0.06 + 0.015 * rng.normal()];
  const weave = Float64Array.from({ length: 28 * 28 }, () => 200 + 30 * rng.normal());
  return (x, y) => {
    const from = Math.abs(x - 0.5);
    if (from > half || (y > 0.3 && from < gap * (y + 0.7))) return 0;
    return weave[Math.min(27, Math.floor(y * 28)) * 28 + Math.min(27, Math.floor(x * 28))]!;
  };
}

/** Copies that are found among so many trousers of which the last `copies` are the first ones, darker and noisy. */
async function foundAmongTrousers(n: number, copies: number) {
  const rng = random(7);
  const pictures = Array.from({ length: n }, (_, i) => drawn(trousers(i)));
  for (let i = 0; i < copies; i++) {
    const noisy = pictures[i]!.map((value) => Math.max(0, Math.min(255, 0.8 * value + 2 * rng.normal())));
    pictures.push(
      i % 2 === 0 ? noisy : noisy.map((_, at) => noisy[at - (at % GREY_SIDE) + GREY_SIDE - 1 - (at % GREY_SIDE)]!),
    );
  }
  // Every image is as near to its copy as to nine others.
  const count = 10;
  const rows = Int32Array.from({ length: pictures.length * count }, (_, at) => {
    const image = Math.floor(at / count);
    const copy = image < n ? (image < copies ? n + image : -1) : image - n;
    return at % count === 0 && copy >= 0 ? copy : (image + 1 + (at % count)) % pictures.length;
  });
  const found = await duplicates({
    neighbours: { count, rows, similarities: new Float64Array(rows.length).fill(0.5) } as never,
    digests: pictures.map((_, i) => `image ${i}`),
    pictures: async (images) => new Map([...images].map((image) => [image, pictures[image]!])),
  });
  return found.pairs.map(({ images }) => images).sort(([a], [b]) => a - b);
}

test("look-alikes are no copies, and copies stand out among them, few or many", { timeout: 60_000 }, async () => {
  expect(await foundAmongTrousers(24, 0)).toEqual([]);
  const pairs = (n: number, copies: number) => Array.from({ length: copies }, (_, i) => [i, n + i]);
  expect(await foundAmongTrousers(24, 3)).toEqual(pairs(24, 3));
  expect(await foundAmongTrousers(16, 16)).toEqual(pairs(16, 16));
});

test("a stop is heard before the pixels are asked for, and after they were compared", async () => {
  const [n, count] = [40_000, 10];
  const rows = Int32Array.from({ length: n * count }, (_, at) => (Math.floor(at / count) + 1 + (at % count)) % n);
  const neighbours = { count, rows, similarities: new Float32Array(rows.length) };
  const digests = Array.from({ length: n }, (_, i) => `image ${i}`);
  const stopped = (when: "before" | "after") => {
    const stop = new AbortController();
    const asked = { pictures: false };
    const pictures = async () => {
      asked.pictures = true;
      return new Map();
    };
    const progress = (done: number, total: number) => {
      if (when === "after" && done === total - 1) stop.abort();
    };
    if (when === "before") setImmediate(() => stop.abort());
    return { asked, found: duplicates({ neighbours, digests, pictures, signal: stop.signal, progress }) };
  };
  const before = stopped("before");
  await expect(before.found).rejects.toThrow(/abort/);
  expect(before.asked.pictures).toBe(false);
  await expect(stopped("after").found).rejects.toThrow(/abort/);
});

test("a union joins what pairs join, and nothing else", () => {
  const pairs = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 30 });
  fc.assert(
    fc.property(pairs, (joined) => {
      const { setOf, sets } = unionOf(20, joined);
      // By definition: a walk along the pairs.
      const reach = (from: number) => {
        const seen = new Set([from]);
        for (let before = 0; before < seen.size; ) {
          before = seen.size;
          for (const [a, b] of joined) if (seen.has(a) || seen.has(b)) seen.add(a).add(b);
        }
        return seen;
      };
      for (let i = 0; i < 20; i++) {
        const named = joined.flat().includes(i);
        expect(setOf[i]! >= 0).toBe(named);
        for (const j of reach(i)) if (named) expect(setOf[j]).toBe(setOf[i]);
      }
      const reached = new Set(joined.flat().map((i) => Math.min(...reach(i))));
      expect(sets).toBe(reached.size);
    }),
  );
});
