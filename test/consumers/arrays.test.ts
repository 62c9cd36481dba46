import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { float32, int32, type Tensors } from "../../src/core/index.ts";
import { writeNpy } from "../../src/formats/numpy/index.ts";
import { writeSafetensors } from "../../src/formats/safetensors/safetensors-file.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { pythonWith, runPython } from "./python.ts";

const numpy = pythonWith("numpy");
const hex = (data: ArrayBufferView) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");
const patterns = new Float32Array(new Uint32Array([0x7fc00001, 0x80000000, 0x00000001, 0xff800000, 1, 2]).buffer);

const read = (file: string) => {
  const { status, stdout, stderr } = runPython(numpy.path!, "read_arrays.py", [file]);
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
};

test.skipIf(!numpy.path)(`NumPy maps a .npy file into memory, bit for bit${numpy.missing}`, async () => {
  const file = join(temporaryFolder(), "x.npy");
  await writeNpy(file, { rows: 3, columns: 2 }, [patterns]);
  expect(read(file)).toEqual([{ file, name: "", dtype: "<f4", shape: [3, 2], hex: hex(patterns), aligned: true }]);
});

test.skipIf(!numpy.path)(`a reader of the format's description reads safetensors${numpy.missing}`, async () => {
  const file = join(temporaryFolder(), "x.safetensors");
  const bits = Uint8Array.of(1, 0, 1);
  const tensors: Tensors = {
    'a "quoted" name, µ \u2028': { dtype: "bool", shape: [3], data: bits },
    scalar: float32([], [1.5]),
    empty: int32([0, 4], []),
    b: float32([2, 3], patterns),
    n: int32([2], [-1, 2147483647]),
  };
  await writeSafetensors(file, tensors, { note: "ü\n", position: JSON.stringify({ loss: 0.5 }) });
  const array = (name: string, dtype: string) => {
    const { shape, data } = tensors[name]!;
    return { file, name, dtype, shape, hex: hex(data), aligned: true };
  };
  const [first] = Object.keys(tensors);
  expect(read(file)).toEqual([
    array("b", "<f4"),
    array("empty", "<i4"),
    array("n", "<i4"),
    array("scalar", "<f4"),
    array(first!, "|b1"),
  ]);
  await appendFile(file, "x");
  expect(() => read(file)).toThrow(/1 bytes that belong to no tensor/);
});
