import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import type { Dataset } from "../../data/index.ts";
import { embedImages } from "../../export/embed-images.ts";
import { writeNpy } from "./write-npy.ts";

test("the header is NumPy's, byte for byte, and the values follow", async () => {
  const file = join(temporaryFolder(), "x.npy");
  const values = Float32Array.from([1, -0, Number.NaN, 1e-40, 5, 6]);
  await writeNpy(file, { rows: 3, columns: 2 }, [values.subarray(0, 2), values.subarray(2)]);
  const bytes = await readFile(file);
  // What numpy.save writes for such an array: 128 bytes of header.
  const text = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }";
  const header = Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00\x76\x00", "latin1"),
    Buffer.from(`${text.padEnd(117)}\n`),
  ]);
  expect(bytes.subarray(0, 128)).toEqual(header);
  expect(bytes.subarray(128)).toEqual(Buffer.from(values.buffer));
});

test("too few or too many rows are refused and nothing is left", async () => {
  const dir = temporaryFolder();
  for (const rows of [2, 4]) {
    const write = writeNpy(join(dir, "x.npy"), { rows, columns: 1 }, [new Float32Array(3)]);
    await expect(write).rejects.toThrow(`expected ${rows} x 1 values, found 3 values`);
  }
  expect(await readdir(dir)).toEqual([]);
});

const dataset: Dataset = {
  name: "three",
  length: 3,
  coarseClasses: ["all"],
  fineClasses: undefined,
  coarse: new Int32Array(3),
  fine: undefined,
  ids: ["a/1.png", "b\n2\u2028\u0085.png", "ü.png"],
  source: { kind: "memory", width: 1, height: 1, pixels: new SharedArrayBuffer(9) },
  normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
};

test("images become features and ids in one order", async () => {
  const dir = temporaryFolder();
  let next = 0;
  const encoder = { featureDim: 2, embed: async () => Float32Array.from([next, next++, next, next++]) };
  const options = { encoder, dataset, batchSize: 2, imageSize: 1, workers: 1, file: join(dir, "f.npy") };
  expect(await embedImages(options)).toEqual({ file: join(dir, "f.npy"), ids: join(dir, "f.ids.txt") });
  expect((await readdir(dir)).sort()).toEqual(["f.ids.txt", "f.npy"]);
  expect(await readFile(join(dir, "f.ids.txt"), "utf8")).toBe("a/1.png\nb\\n2\\u2028\\u0085.png\nü.png\n");
  const bytes = await readFile(join(dir, "f.npy"));
  expect([...new Float32Array(new Uint8Array(bytes.subarray(128)).buffer)]).toEqual([0, 0, 1, 1, 2, 2]);
});

test("a failing encoder leaves neither file", async () => {
  const dir = temporaryFolder();
  const encoder = { featureDim: 2, embed: async () => Promise.reject(new Error("the device went away")) };
  const options = { encoder, dataset, batchSize: 2, imageSize: 1, workers: 1, file: join(dir, "f.npy") };
  await expect(embedImages(options)).rejects.toThrow("the device went away");
  expect(await readdir(dir)).toEqual([]);
});
