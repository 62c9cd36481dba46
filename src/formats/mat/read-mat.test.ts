import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mat, matFile, matHeader, writer } from "../../../test/mat-samples.ts";
import { MaskconError } from "../../core/index.ts";
import { readMat } from "./read-mat.ts";
import type { MatValue } from "./values.ts";

const sample: Record<string, Mat> = {
  annotations: {
    structs: [
      { fname: "00001.jpg", class: 14 },
      { fname: "é2.jpg", class: 1e300 },
    ],
  },
  class_names: ["AM General Hummer SUV 2000", "", ["nested", -1.5]],
  n: 3,
};

const line = (text: string): MatValue => ({ kind: "text", dims: [1, text.length], text });
const number = (value: number): MatValue => ({ kind: "numbers", dims: [1, 1], values: [value] });
const cells = (...items: MatValue[]): MatValue => ({ kind: "cell", dims: [1, items.length], items });

const formats = [
  { bigEndian: false, compress: false },
  { bigEndian: false, compress: true },
  { bigEndian: true, compress: false },
  { bigEndian: true, compress: true },
];

const messageOf = (bytes: Uint8Array): string => {
  try {
    readMat(bytes, "a.mat");
  } catch (error) {
    expect(error).toBeInstanceOf(MaskconError);
    return (error as MaskconError).message;
  }
  return "no failure";
};

describe("a MATLAB 5 file", () => {
  it.each(formats)("is read, %o", (format) => {
    const mat = readMat(matFile(sample, format), "a.mat");
    expect([...mat.keys()]).toEqual(["annotations", "class_names", "n"]);
    expect(mat.get("annotations")).toEqual({
      kind: "struct",
      dims: [1, 2],
      length: 2,
      fields: new Map([
        ["fname", [line("00001.jpg"), line("é2.jpg")]],
        ["class", [number(14), number(1e300)]],
      ]),
    });
    const nested = cells(line("nested"), number(-1.5));
    expect(mat.get("class_names")).toEqual(cells(line("AM General Hummer SUV 2000"), line(""), nested));
    expect(mat.get("n")).toEqual(number(3));
  });

  it("is read as scipy 1.17 writes it", () => {
    const written =
      "AAAAAAAAAAAAAUlNDwAAAIMAAAB4nONjYGAIYGRgYAPSHEDMxAABrFA+I1QMRHMDcWJeXn5JYklmfl4xVB0LWC9IngeI0/ISc1MZknMSiyHyfEDs" +
      "wIAwnwWL+ZxQGgQEoHwDIDDUyypIh4qDzDFAMocTizmMSOYwAVl8UH0WBOxnY0C1nx2ID680AttOjr1HgDQA30oRlw8AAABpAAAAeJzjYwACRgYG" +
      "NiDFAWGCASsSnxlKcwNxck5icXF8XmJuajFYHR8QGzAg9LNg0c+EZK4AkOfoC9EXgKSPDU0fE5o+TiBWYICBH/YQmsMBKnBgTilDh82T8Dp096Cb" +
      "CzMP2VwQAACBggyqDwAAACgAAAB4nONjYGCwAGI2IOYAYj4GCGCF8hnhmJkhKTOdgQcqDgZACQAwwgG9";
    const mat = readMat(Buffer.concat([Buffer.alloc(116, " "), Buffer.from(written, "base64")]), "a.mat");
    const { fields } = mat.get("annotations") as MatValue & { kind: "struct" };
    expect(fields.get("fname")).toEqual([line("00001.jpg"), line("é2.jpg")]);
    expect(fields.get("class")).toEqual([number(14), number(196)]);
    const square: MatValue = { kind: "numbers", dims: [2, 2], values: [1.5, 3, -2, 4e300] };
    const none: MatValue = { kind: "numbers", dims: [1, 0], values: [] };
    expect(mat.get("class_names")).toEqual(cells(line("AM"), square, none));
    expect(mat.get("big")).toEqual(number(2 ** 40));
  });
});

describe("what is refused, with its place", () => {
  const { element, matrix, uints, uint } = writer();
  const file = (...parts: Uint8Array[]) => Buffer.concat([matHeader(), ...parts]);
  const nest = (depth: number): Mat => (depth === 0 ? 1 : [nest(depth - 1)]);

  it.each<[string, Uint8Array, RegExp]>([
    ["another format", Buffer.alloc(200), /bytes 0 to 127, found another one/],
    ["an empty file", Buffer.alloc(0), /found only 0 bytes/],
    [
      "HDF5",
      Buffer.from("MATLAB 7.3 MAT-file, Platform".padEnd(200)),
      /found MATLAB 7.3 \(HDF5\); save it in MATLAB with -v7/,
    ],
    ["a cut tag", file(Buffer.alloc(5)), /found only 5 bytes of one at byte 128/],
    ["an element beyond the end", file(uints(14, 1000)), /ends by byte 136, found one of 1000 bytes at byte 128/],
    ["a stray element", file(element(9, Buffer.alloc(8))), /a variable, found double at byte 128/],
    ["no zlib data", file(element(15, Buffer.alloc(20, 7))), /zlib data, found .* at byte 128/],
    [
      "cut zlib data",
      file(element(15, deflateSync(Buffer.alloc(64)).subarray(0, 8))),
      /zlib data, found .* at byte 128/,
    ],
    [
      "an error within",
      file(element(15, deflateSync(element(9, Buffer.alloc(8))))),
      /double at byte 0 of what byte 128 unpacks/,
    ],
    ["a sparse array", file(matrix(5, [1, 1], "a")), /found a sparse array at byte 136/],
    ["an object", file(matrix(3, [1, 1], "a")), /found an object at byte 136/],
    ["an unknown class", file(matrix(99, [1, 1], "a")), /unknown array class 99/],
    ["complex numbers", file(matrix(0x806, [1, 1], "a")), /real numbers, found complex ones/],
    [
      "an unknown type",
      file(matrix(6, [1, 1], "a", element(77, Buffer.alloc(8)))),
      /numbers, found the unknown data type 77/,
    ],
    [
      "too few numbers",
      file(matrix(6, [3, 3], "a", element(9, Buffer.alloc(8)))),
      /9 numbers of 8 bytes, found 8 bytes/,
    ],
    ["too short a text", file(matrix(4, [1, 9], "a", element(16, Buffer.from("abc")))), /9 characters, found one of 3/],
    [
      "bytes left over",
      file(matrix(6, [1, 1], "a", element(2, uint(1).subarray(0, 1)), Buffer.alloc(16))),
      /16 bytes more/,
    ],
    ["one dimension", file(matrix(6, [1], "a")), /2 to 8 dimensions, found 1 at/],
    ["negative dimensions", file(matrix(6, [1, 2 ** 32 - 1], "a")), /found 1 x -1 at/],
    ["nesting", file(writer().array("a", nest(20))), /nested at most 16 deep/],
    [
      "field names of no length",
      file(matrix(2, [1, 1], "a", element(5, uint(0)), element(1, Buffer.alloc(8)))),
      /a length of 0/,
    ],
    [
      "absurd cells",
      file(matrix(1, [2 ** 31 - 1, 2 ** 31 - 1], "a")),
      /at most 0 others, as its size allows, found one of 46\d+ at/,
    ],
    [
      "too many variables",
      file(...Array(65).fill(matrix(6, [1, 1], "a", element(2, Buffer.of(1))))),
      /at most 64 variables/,
    ],
  ])("%s", (_, bytes, message) => {
    expect(messageOf(bytes)).toMatch(message);
    expect(messageOf(bytes)).toMatch(/^a\.mat: expected .*; (it is damaged|save)/);
  });

  it("small files that would fill the memory", () => {
    const before = process.memoryUsage().rss;
    const zeros = deflateSync(Buffer.alloc(2 ** 27));
    expect(zeros.length).toBeLessThan(2 ** 18);
    expect(messageOf(file(element(15, zeros)))).toMatch(/at most 33554432 bytes, found longer ones at byte 128/);
    const empties = Buffer.alloc(8 * 4_100_000);
    for (let at = 0; at < empties.length; at += 8) empties[at] = 14;
    const many = deflateSync(matrix(1, [1, 4_100_000], "a", empties), { level: 1 });
    expect(messageOf(file(element(15, many)))).toMatch(/more values than any has/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29);
  });
});

describe("a damaged file", () => {
  const files = formats.map((format) => matFile(sample, format));

  it("is refused wherever it is cut, save between variables", () => {
    for (const [i, bytes] of files.entries()) {
      const size = (at: number) => (formats[i]!.bigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
      const whole: number[] = [];
      for (let at = 128; at < bytes.length; at += 8 + size(at + 4)) whole.push(at);
      expect(whole.length).toBe(3);
      for (let length = 0; length < bytes.length; length++) {
        const message = messageOf(bytes.subarray(0, length));
        if (whole.includes(length)) expect(message).toBe("no failure");
        else expect(message).toMatch(/^a\.mat: .*(at byte \d+|bytes 0 to 127)/);
      }
    }
  });

  it("gives a value or one clear line for any bytes changed", () => {
    const change = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    const property = fc.property(
      fc.nat({ max: 3 }),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      (which, changes) => {
        const bytes = Buffer.from(files[which]!);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const message = messageOf(bytes);
        if (message !== "no failure") expect(message).toMatch(/^a\.mat: .*(at byte \d+|bytes 0 to 127)/);
      },
    );
    fc.assert(property, { numRuns: 2000, seed: 6 });
  });

  it("gives a value or one clear line for absurd sizes", () => {
    const sizes = fc.constantFrom(0, 1, 7, 0xff, 0xffff, 0x10001, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff);
    const property = fc.property(fc.nat(), sizes, fc.boolean(), (at, size, compress) => {
      const plain = Buffer.from(files[0]!);
      plain.writeUInt32LE(size, 128 + 4 * (at % ((plain.length - 128) / 4)));
      const packed = writer().element(15, deflateSync(plain.subarray(128)));
      const message = messageOf(compress ? Buffer.concat([matHeader(), packed]) : plain);
      if (message !== "no failure") expect(message).toMatch(/^a\.mat: .*at byte \d+/);
    });
    fc.assert(property, { numRuns: 1000, seed: 6 });
  });
});
