import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { programLine, source } from "../../../test/source-program.ts";
import { readSlice } from "./encoded.ts";
import { createSpool } from "./spool.ts";

it("keeps images in memory up to its budget and the rest in a file, until it is disposed of", async () => {
  const spool = createSpool(10);
  const images = [3, 6, 4, 0, 1].map((length, i) => new Uint8Array(length).fill(i + 1));
  const slices = [];
  for (const image of images) slices.push(await spool.add(image));
  await spool.finish();
  expect(slices.map(({ from }) => typeof from)).toEqual(["object", "object", "string", "string", "string"]);
  for (const [i, slice] of slices.entries()) {
    if (slice.length > 0) expect(new Uint8Array(await readSlice(slice))).toEqual(images[i]);
  }
  await expect(readSlice(slices[3]!)).rejects.toThrow("it is empty: 0 bytes");
  await expect(readSlice({ ...slices[4]!, length: 9 })).rejects.toThrow("the file ends after 1 of its 9 bytes");
  const file = slices[2]!.from as string;
  expect(existsSync(file)).toBe(true);
  await spool.dispose();
  expect(existsSync(dirname(file))).toBe(false);
});

it("asks only once to be cleaned up at the end", async () => {
  const before = process.listenerCount("exit");
  for (let i = 0; i < 3; i++) {
    const spool = createSpool(0);
    await spool.add(new Uint8Array(3));
    await spool.dispose();
  }
  expect(process.listenerCount("exit") - before).toBeLessThanOrEqual(1);
});

it("leaves nothing behind when its process ends, and removes what a killed one has left", async () => {
  const prefix = `maskcon-spool-${hostname().replace(/[^\w.]/g, "_")}-`;
  // No process has this id: it is beyond what systems give.
  const abandoned = join(tmpdir(), `${prefix}${2 ** 31 - 2}-x`);
  mkdirSync(abandoned, { recursive: true });
  const code = `const { createSpool } = await import(${source("src/data/images/spool.ts")});
    console.log((await createSpool(0).add(new Uint8Array(5))).from);`;
  const { stdout } = await promisify(execFile)(process.execPath, programLine(code));
  expect(stdout).toContain(prefix);
  expect(existsSync(stdout.trim())).toBe(false);
  expect(existsSync(abandoned)).toBe(false);
});
