import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { normalizeRows } from "./normalize.ts";
import { recallAtK } from "./recall.ts";

interface RecallCase {
  n: number;
  dim: number;
  fine_classes: number;
  seed: number;
  recall: Record<string, number>;
}

const golden = JSON.parse(readFileSync(new URL("../../test/golden/ops.json", import.meta.url), "utf8"));
const cases: RecallCase[] = golden.recall;

/** The generator of test/golden/README.md: 32 well-mixed bits for every index. */
function hashed(name: string, n: number, caseSeed: number): Uint32Array {
  const seed = (checksum(name) + caseSeed) >>> 0;
  return Uint32Array.from({ length: n }, (_, i) => {
    let x = (Math.imul(i, 2654435761) + seed) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    return (x ^ (x >>> 16)) >>> 0;
  });
}

/** CRC-32; node:zlib has it only in later releases. */
function checksum(name: string): number {
  let crc = -1;
  for (const byte of new TextEncoder().encode(name)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ -1) >>> 0;
}

const uniform = (name: string, n: number, seed: number): Float32Array =>
  Float32Array.from(hashed(name, n, seed), (x) => 2 * (x / 2 ** 32) - 1);

/** f = l2norm(l2norm(U('feat')) + 0.9 * l2norm(U('centre'))[y]), y = I('fine') */
function featuresOf({ n, dim, fine_classes: classes, seed }: RecallCase, labels: Int32Array): Float32Array {
  const noise = normalizeRows(uniform("feat", n * dim, seed), dim);
  const centre = normalizeRows(uniform("centre", classes * dim, seed), dim);
  return noise.map((value, i) => value + 0.9 * centre[labels[Math.floor(i / dim)]! * dim + (i % dim)]!);
}

test.each(cases)("Recall@K of $n images, $dim features, equals the official evaluation", async (golden) => {
  const labels = Int32Array.from(hashed("fine", golden.n, golden.seed), (x) => x % golden.fine_classes);
  const ks = Object.keys(golden.recall).map(Number);
  const recall = await recallAtK({ features: featuresOf(golden, labels), dim: golden.dim, labels, ks });
  // The file has float32 means: the same count of hits is the same fraction of n once rounded.
  for (const k of ks) expect(Math.round(recall[k]! * golden.n)).toBe(Math.round(golden.recall[k]! * golden.n));
});

test("there are golden cases", () => {
  expect(cases.length).toBeGreaterThan(1);
});
