import { execFileSync } from "node:child_process";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { float32, int32, MaskconError, type TensorData, type Tensors } from "../../core/index.ts";
import { decodeSafetensors, encodeSafetensors, MAX_HEADER_BYTES } from "./safetensors.ts";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "./safetensors-file.ts";

const join8 = (chunks: Uint8Array[]) => new Uint8Array(Buffer.concat(chunks));

/** A file from a header, padded by nothing, and `size` bytes of data. */
function fileOf(header: unknown, size: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.byteLength + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  for (let i = 0; i < size; i++) bytes[8 + json.byteLength + i] = i * 37;
  return bytes;
}

const tensor: fc.Arbitrary<TensorData> = fc
  .tuple(fc.constantFrom("float32", "int32", "bool"), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    if (dtype === "bool") {
      return fc
        .array(fc.boolean(), { minLength: size, maxLength: size })
        .map((values) => ({ dtype: "bool", shape, data: Uint8Array.from(values, Number) }) as TensorData);
    }
    return fc.uint8Array({ minLength: size * 4, maxLength: size * 4 }).map((bits) => {
      const { buffer } = new Uint8Array(bits);
      return dtype === "int32" ? int32(shape, new Int32Array(buffer)) : float32(shape, new Float32Array(buffer));
    });
  });

const name = fc.string().filter((text) => text !== "__proto__" && text !== "__metadata__");
const tensors = fc.dictionary(name, tensor, { maxKeys: 5, noNullPrototype: true });
const metadata = fc.dictionary(name, fc.string(), { maxKeys: 3, noNullPrototype: true });

const bits = (values: Tensors) =>
  Object.entries(values)
    .map(([key, { dtype, shape, data }]) => [
      key,
      dtype,
      shape,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ])
    .sort();

test("any bits of any tensor survive a round trip", () => {
  fc.assert(
    fc.property(tensors, metadata, (before, notes) => {
      const after = decodeSafetensors(join8(encodeSafetensors(before, notes)));
      expect(bits(after.tensors)).toEqual(bits(before));
      expect(after.metadata).toEqual(notes);
    }),
  );
});

test("NaN payloads and negative zero survive a round trip through a file", async () => {
  const patterns = new Uint32Array([0x7fc00001, 0xffc12345, 0x7f800001, 0x80000000, 0x00000001, 0xff800000]);
  const file = join(temporaryFolder(), "x.safetensors");
  await writeSafetensors(file, { x: float32([6], new Float32Array(patterns.buffer)) }, { note: "ü" });
  const { tensors: read, metadata: notes } = await readSafetensors(file);
  expect(new Uint32Array(read.x!.data.buffer)).toEqual(patterns);
  expect(notes).toEqual({ note: "ü" });
  expect((await readSafetensorsHeader(file)).tensors.map(({ name: n, type, shape }) => [n, type, shape])).toEqual([
    ["x", "F32", [6]],
  ]);
});

test("tensors in memory shared with a worker are written too", async () => {
  const data = new Float32Array(new SharedArrayBuffer(8));
  data.set([1, -2]);
  const file = join(temporaryFolder(), "x.safetensors");
  await writeSafetensors(file, { x: float32([2], data) });
  expect([...(await readSafetensors(file)).tensors.x!.data]).toEqual([1, -2]);
});

test("other stored types become float32 and int32, in a file as in memory", async () => {
  const f64 = new Uint8Array(new Float64Array([0.1, -3]).buffer);
  const f16 = new Uint8Array(new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff, 0x7c00, 0x7e00, 0x8000]).buffer);
  const bf16 = new Uint8Array(new Uint16Array([0x3f80, 0xc040]).buffer);
  const i64 = new Uint8Array(new BigInt64Array([-1n, 2147483647n]).buffer);
  const data = join8([f64, i64, f16, bf16, new Uint8Array([0, 2])]);
  const at = (dtype: string, n: number, begin: number, end: number) => ({
    dtype,
    shape: [n],
    data_offsets: [begin, end],
  });
  const header = {
    d: at("F64", 2, 0, 16),
    i: at("I64", 2, 16, 32),
    h: at("F16", 7, 32, 46),
    b: at("BF16", 2, 46, 50),
    t: at("BOOL", 2, 50, 52),
  };
  const bytes = fileOf(header, data.byteLength);
  bytes.set(data, bytes.byteLength - data.byteLength);
  const file = join(temporaryFolder(), "types.safetensors");
  await writeFile(file, bytes);
  for (const read of [decodeSafetensors(bytes).tensors, (await readSafetensors(file)).tensors]) {
    expect(read.d).toEqual(float32([2], [Math.fround(0.1), -3]));
    expect(read.i).toEqual(int32([2], [-1, 2147483647]));
    expect(read.h).toEqual(float32([7], [1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY, Number.NaN, -0]));
    expect(read.b).toEqual(float32([2], [1, -3]));
    expect(read.t).toEqual({ dtype: "bool", shape: [2], data: new Uint8Array([0, 1]) });
  }
});

test("values that do not fit are refused", () => {
  const i64 = fileOf({ n: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, 8);
  new DataView(i64.buffer).setBigInt64(i64.byteLength - 8, 2147483648n, true);
  expect(() => decodeSafetensors(i64, "f")).toThrow('f: "n": expected values that fit int32, found 2147483648');
  const f64 = fileOf({ n: { dtype: "F64", shape: [1], data_offsets: [0, 8] } }, 8);
  new DataView(f64.buffer).setFloat64(f64.byteLength - 8, 1e300, true);
  expect(() => decodeSafetensors(f64)).toThrow("expected values that fit float32, found 1e+300");
});

const f32 = (begin: number, end: number, shape: unknown = [1]) => ({ dtype: "F32", shape, data_offsets: [begin, end] });

test.each<[string, Uint8Array, RegExp]>([
  ["an empty file", new Uint8Array(), /found 0 bytes/],
  ["a header length beyond the file", new Uint8Array(8).fill(255), /found a header length of 18446744073709552000/],
  ["no JSON", fileOf("{]", 0), /in JSON/],
  ["no UTF-8", fileOf({}, 0).with(8, 0xff), /in JSON/],
  ["no object", fileOf("[]", 0), /not an object/],
  ["numbers as metadata", fileOf({ __metadata__: { a: 1 } }, 0), /strings as __metadata__/],
  ["an unknown dtype", fileOf({ a: { ...f32(0, 4), dtype: "F8_E4M3" } }, 4), /"a": expected dtype .*found "F8_E4M3"/],
  [
    "overlapping tensors",
    fileOf({ a: f32(0, 4), b: f32(2, 6) }, 6),
    /"b": expected data from byte 4, found data from byte 2/,
  ],
  ["a gap", fileOf({ a: f32(0, 4), b: f32(8, 12) }, 12), /"b": expected data from byte 4/],
  ["data beyond the file", fileOf({ a: f32(0, 4) }, 3), /found 19\d? bytes|expected \d+ bytes as the header says/],
  ["data nobody names", fileOf({ a: f32(0, 4) }, 5), /bytes as the header says/],
  ["offsets in reverse", fileOf({ a: f32(4, 0) }, 4), /found data_offsets \[4,0\]/],
  ["a negative offset", fileOf({ a: f32(-4, 0) }, 4), /two data_offsets/],
  ["an absurd shape", fileOf({ a: f32(0, 4, [2 ** 40, 2 ** 40]) }, 4), /at most 4294967296 bytes/],
  ["a shape with fractions", fileOf({ a: f32(0, 4, [0.5, 2]) }, 4), /a shape of up to 8 sizes/],
  ["a shape that hides bytes", fileOf({ a: f32(0, 8, [1]) }, 8), /expected 4 bytes for F32 \[1\]/],
  ["a prototype", fileOf('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4), /names of tensors/],
  [
    "the same name twice",
    fileOf(`{"a":${JSON.stringify(f32(0, 4))},"a":${JSON.stringify(f32(4, 8))}}`, 8),
    /from byte 0/,
  ],
])("%s is refused in one line", async (what, bytes, message) => {
  const file = join(temporaryFolder(), "hostile.safetensors");
  await writeFile(file, bytes);
  expect(() => decodeSafetensors(bytes), what).toThrow(message);
  const error = await readSafetensors(file).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "weights", message: expect.stringMatching(message) });
  expect((error as Error).message).not.toContain("\n");
});

test("a file that is cut off is called so, with how many bytes it should have", async () => {
  const whole = fileOf({ a: f32(0, 4) }, 4);
  const header = 8 + Number(new DataView(whole.buffer, whole.byteOffset).getBigUint64(0, true));
  for (const [length, least] of [
    [whole.byteLength - 1, `expected ${whole.byteLength} bytes`],
    [header - 1, `expected more than ${header} bytes`],
    [8, `expected more than ${header} bytes`],
  ] as const) {
    const file = join(temporaryFolder(), "cut.safetensors");
    await writeFile(file, whole.subarray(0, length));
    await expect(readSafetensors(file)).rejects.toThrow(
      `${least} as the header says, found ${length}: the file is cut off; copy or download it again`,
    );
  }
});

test("a header of many megabytes is refused before it is read", async () => {
  const file = join(temporaryFolder(), "sparse.safetensors");
  const handle = await open(file, "w");
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(MAX_HEADER_BYTES + 1), true);
  await handle.write(length);
  await handle.truncate(1e9);
  await handle.close();
  await expect(readSafetensors(file)).rejects.toThrow(/expected a header of 2 to 16777216 bytes/);
});

/** The start of a zip whose first member has this name. */
function zip(name: string): Buffer {
  const header = Buffer.alloc(30);
  header.write("PK\x03\x04", "latin1");
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), Buffer.alloc(5000)]);
}

test.each<[what: string, start: Buffer, fix: string]>([
  [
    "a Git LFS pointer",
    Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"),
    "git lfs",
  ],
  ["a PyTorch checkpoint", zip("archive/data.pkl"), "torch.load"],
  ["a PyTorch checkpoint", zip("resnet18-f37072fd/.format_version"), "torch.load"],
  ["an .npz file of NumPy", zip("conv1.npy"), "safetensors.numpy"],
  ["a file of Keras", zip("metadata.json"), "torchvision"],
  ["a zip archive", zip("weights/readme.txt"), "unpack it"],
  [
    "a pickle",
    Buffer.from([0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]),
    "torch.load",
  ],
  ["a file of Keras", Buffer.from("\x89HDF\r\n\x1a\n\0\0\0\0", "latin1"), "torchvision"],
  ["a GGUF file", Buffer.from("GGUF\x03\0\0\0\x10\0", "latin1"), "safetensors"],
  ["a gzip file", Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), "gunzip"],
  ["a web page", Buffer.from("\n<!DOCTYPE html><html>"), "again"],
  ["a JSON file", Buffer.from('{"weight_map": {}}'), "beside it"],
  ["a zip archive", Buffer.from("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "latin1"), "unpack it"],
  ["a Parquet file", Buffer.from("PAR1\x15\x04\x15\x10\x15\x14", "latin1"), "DATA"],
  ["a PNG picture", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), "DATA"],
  ["a JPEG picture", Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 74, 70, 73, 70]), "DATA"],
  ["a GIF picture", Buffer.from("GIF89a\x10\0\x10\0", "latin1"), "DATA"],
  ["a WebP picture", Buffer.from("RIFF\x24\0\0\0WEBPVP8 ", "latin1"), "DATA"],
  ["a TIFF picture", Buffer.from("II*\0\x08\0\0\0\x0a\0", "latin1"), "DATA"],
  ["a TIFF picture", Buffer.from("MM\0*\0\0\0\x08\0\x0a", "latin1"), "DATA"],
  ["an AVIF or HEIC picture", Buffer.from("\0\0\0\x1cftypavif", "latin1"), "DATA"],
  ["an .npy file of NumPy", Buffer.from("\x93NUMPY\x01\0v\0{'descr'", "latin1"), "safetensors.numpy"],
  ["a tar archive", Buffer.concat([Buffer.from("0001.png"), Buffer.alloc(249), Buffer.from("ustar\0")]), "unpack it"],
  ["a text file", Buffer.from("file,coarse\na.png,cat\n"), "weights"],
  ["an ONNX model", Buffer.from([8, 8, 0x12, 7, ...Buffer.from("pytorch")]), "safetensors"],
])("%s is called by its name, with what to do", async (what, start, fix) => {
  const file = join(temporaryFolder(), "weights");
  await writeFile(file, start);
  const message = new RegExp(`weights: expected a safetensors file, found ${what}.*; .*${fix}`);
  await expect(readSafetensors(file)).rejects.toThrow(message);
  expect(() => decodeSafetensors(start, "weights")).toThrow(message);
});

test("a missing file and a folder are clear", async () => {
  const dir = temporaryFolder();
  await expect(readSafetensors(join(dir, "none"))).rejects.toThrow(
    /none: expected a safetensors file, found no such file/,
  );
  await expect(readSafetensors(dir)).rejects.toMatchObject({ code: "weights" });
});

test("a file cut at any length, or with any bytes changed, is read or refused, never anything else", () => {
  const whole = join8(encodeSafetensors({ a: float32([2, 2], [1, 2, 3, 4]), b: int32([1], [5]) }, { m: "x" }));
  for (let length = 0; length < whole.byteLength; length++) {
    expect(() => decodeSafetensors(whole.slice(0, length))).toThrow(MaskconError);
  }
  const change = fc.tuple(fc.nat(whole.byteLength - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at] = value;
      onlyOwnErrors(bytes);
    }),
    { numRuns: 1000 },
  );
});

test("any JSON as a header is read or refused, never anything else", () => {
  const entry = fc.record(
    {
      dtype: fc.constantFrom("F32", "I64", "F16", "X"),
      shape: fc.array(fc.maxSafeInteger()),
      data_offsets: fc.array(fc.maxSafeInteger()),
    },
    { requiredKeys: [] },
  );
  const headers = fc.oneof(
    fc.json(),
    fc.dictionary(fc.string(), fc.oneof(entry, fc.jsonValue())).map((h) => JSON.stringify(h)),
  );
  fc.assert(
    fc.property(headers, fc.nat(16), (header, size) => onlyOwnErrors(fileOf(header, size))),
    { numRuns: 500 },
  );
});

function onlyOwnErrors(bytes: Uint8Array): void {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(MaskconError);
  }
}

test("a header too deep to be written out again is refused like any other", () => {
  const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
  const json = new TextEncoder().encode(`{"x":{"dtype":"F32","shape":${deep},"data_offsets":[0,4]}}`);
  const bytes = new Uint8Array(8 + json.length + 4);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  expect(() => decodeSafetensors(bytes)).toThrow(/"x": expected a shape of up to \d+ sizes, found object/);
});

test.skipIf(process.platform === "win32")("a pipe is refused without being opened", async () => {
  const pipe = join(temporaryFolder(), "pipe.safetensors");
  execFileSync("mkfifo", [pipe]);
  await expect(readSafetensors(pipe)).rejects.toThrow(
    /pipe\.safetensors: expected a safetensors file, found a pipe or a device/,
  );
});
