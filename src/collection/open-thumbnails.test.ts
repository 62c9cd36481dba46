import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test, vi } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openCollection } from "./open.ts";
import { openThumbnails } from "./open-thumbnails.ts";

const ROWS = 1000;
const SHEETS = 40;

const reads = vi.hoisted(() => ({ sheets: [] as number[], running: 0, most: 0 }));
vi.mock(import("./read-tiles.ts"), async (original) => {
  const real = await original();
  return {
    ...real,
    async readSheet(folder, sheet) {
      reads.sheets.push(sheet);
      reads.most = Math.max(reads.most, ++reads.running);
      return real.readSheet(folder, sheet).finally(() => reads.running--);
    },
  };
});

test("a thousand thumbnails at once decode each sheet once, and few at a time", async () => {
  const folder = temporaryFolder();
  const rows = Array.from({ length: ROWS }, (_, i) => sampleRow(i + 1, { sheet: 1 + (i % SHEETS), tile: i % 16 }));
  await writeSample(folder, [rows], { nextSheet: SHEETS + 1 });
  mkdirSync(join(folder, "sheets"));
  const sheet = (number: number) => join(folder, "sheets", `${String(number).padStart(6, "0")}.webp`);
  const tiles = Array.from({ length: 16 }, (_, i) => ({
    input: { create: { width: 96, height: 96, channels: 4 as const, background: { r: 15 * i, g: 0, b: 0, alpha: 1 } } },
    ...{ left: 96 * i, top: 0 },
  }));
  await sharp({ create: { width: 1536, height: 96, channels: 4, background: "#00000000" } })
    .composite(tiles)
    .webp({ lossless: true })
    .toFile(sheet(1));
  for (let number = 2; number < SHEETS; number++) copyFileSync(sheet(1), sheet(number));

  const thumbnail = openThumbnails(await openCollection(folder));
  const all = await Promise.all(rows.map((_, position) => thumbnail(position)));
  for (const [i, png] of all.entries()) {
    // The last sheet is gone.
    if (rows[i]!.sheet === SHEETS) expect(png).toBeUndefined();
    else expect((await sharp(png).raw().toBuffer())[0]).toBe(15 * (i % 16));
  }
  expect(reads.sheets.length).toBe(SHEETS);
  expect(reads.most).toBeLessThanOrEqual(4);
  // The last ones are still there, the first ones are not.
  await thumbnail(ROWS - 2);
  expect(reads.sheets.length).toBe(SHEETS);
  await thumbnail(0);
  expect(reads.sheets.length).toBe(SHEETS + 1);
  // Where there is room for all of them, all are.
  const roomy = openThumbnails(await openCollection(folder), SHEETS);
  await Promise.all(rows.map((_, position) => roomy(position)));
  for (const position of [0, ROWS - 2]) await roomy(position);
  expect(reads.sheets.length).toBe(2 * SHEETS + 1);
});
