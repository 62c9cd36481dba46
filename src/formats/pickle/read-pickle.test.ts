import { closeSync, openSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Bytes2d, pickle, put } from "../../../test/data-samples.ts";
import { batch, pickle3 } from "../../../test/imagenet32-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { readPickle } from "./read-pickle.ts";
import { fileTape } from "./tape.ts";
import { type FileSlice, NdArray } from "./values.ts";

const sample = pickle({
  data: new Bytes2d(2, Uint8Array.of(1, 2, 3, 4, 5, 6)),
  labels: [0, 300, 255],
  filenames: ["a.png", "b.png"],
  nothing: null,
});

const raw = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.from([part]) : Buffer.from(part, "latin1"))));

const doubles = (order: string) =>
  raw(0x80, 3, "cnumpy\ndtype\nX\x02\x00\x00\x00f8K\x00K\x01\x87R(K\x03X\x01\x00\x00\x00", order, "NNNNNK\x00tb.");

describe("readPickle", () => {
  it("reads dict, list, numbers, strings and a numpy array of bytes", () => {
    const dict = readPickle(sample, "batch") as Map<string, unknown>;
    expect(dict.get("labels")).toEqual([0, 300, 255]);
    expect(dict.get("filenames")).toEqual(["a.png", "b.png"]);
    expect(dict.get("nothing")).toBeNull();
    const data = dict.get("data") as NdArray;
    expect(data).toBeInstanceOf(NdArray);
    expect(data.shape).toEqual([2, 3]);
    expect([...(data.bytes as Uint8Array)]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ["a global of os", raw(0x80, 2, "cos\nsystem\nU\x02ls\x85R."), 'global "os system" at byte 2'],
    ["a global of builtins", raw(0x80, 2, "c__builtin__\neval\n."), 'global "__builtin__ eval" at byte 2'],
    ["a very long global", raw(0x80, 2, `c${"x".repeat(200)}\n`), "whose name does not end at byte 2"],
    ["INST", raw(0x80, 2, "(ios\nsystem\n."), "opcode 0x69 (INST) at byte 3"],
    ["STACK_GLOBAL", raw(0x80, 2, 0x93), "opcode 0x93 (STACK_GLOBAL) at byte 2"],
    ["NEWOBJ", raw(0x80, 2, "))", 0x81), "opcode 0x29 (')') at byte 2"],
    ["EXT1", raw(0x80, 2, 0x82, 1), "opcode 0x82 (EXT1) at byte 2"],
    ["a newer protocol", raw(0x80, 4, "N."), "pickle protocol 4 at byte 0"],
    ["a long text", raw(0x80, 3, "X\xff\xff\xff\x7fab."), "a text of 2147483647 bytes at byte 2"],
    ["bytes beyond the end", raw(0x80, 3, "B\xff\xff\xff\xffab."), "the end of the file (10 bytes) at byte 2"],
    ["a single item put into a number", raw(0x80, 3, "K\x01K\x02a."), "APPENDS to something else than a list"],
    ["doubles in the order of other machines", doubles(">"), "a numpy state other than"],
    ["another dtype", raw(0x80, 2, "cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R."), "a call other than numpy's"],
    ["a call of a dtype", raw(0x80, 2, "cnumpy\nndarray\nK\x00\x85R."), "a call other than numpy's"],
    ["state of a dict", raw(0x80, 2, "}Nb."), "a numpy state other than"],
    ["an unknown memo", raw(0x80, 2, "h\x05."), "memo 5, which was never stored at byte 2"],
    ["an empty stack", raw(0x80, 2, "."), "an instruction without its operand at byte 2"],
    ["a value behind a mark", raw(0x80, 2, "](u."), "SETITEMS on something else than a dict"],
    ["a long string without content", raw(0x80, 2, "T\xff\xff\xff\x7fab"), "the end of the file (9 bytes) at byte 2"],
    ["a string of negative length", raw(0x80, 2, "T\xff\xff\xff\xffab"), "the end of the file"],
    ["no bytes", raw(), "the end of the file (0 bytes) at byte 0"],
  ])("refuses %s, and says where", (_, bytes, message) => {
    expect(() => readPickle(bytes, "batch")).toThrow(message);
    expect(() => readPickle(bytes, "batch")).toThrow(MaskconError);
  });

  it("reads protocol 3 from a file through a window, content left in place", () => {
    const bytes = pickle3(batch(Array.from({ length: 70 }, (_, i) => 10 * i + 1)));
    const whole = readPickle(bytes, "batch") as Map<string, unknown>;
    const fd = openSync(put(temporaryFolder(), "batch", bytes), "r");
    const taped = readPickle(fileTape(fd, bytes.length), "batch") as Map<string, unknown>;
    closeSync(fd);
    expect(taped.get("labels")).toEqual(whole.get("labels"));
    const { offset, length } = (taped.get("data") as NdArray).bytes as FileSlice;
    expect(bytes.subarray(offset, offset + length).equals((whole.get("data") as NdArray).bytes as Buffer)).toBe(true);
    expect(taped.get("mean")).toMatchObject({ code: "f8", shape: [3072] });
  });

  it("refuses arrays whose shape and content disagree", () => {
    const torn = Buffer.from(pickle(new Bytes2d(3, Uint8Array.of(1, 2, 3))));
    torn[torn.indexOf("K\x03K\x01\x86", 0, "latin1") + 1] = 4;
    expect(() => readPickle(torn, "batch")).toThrow("a numpy state other than");
  });

  it("bounds its work and memory", () => {
    const many = Buffer.alloc(3_000_000, "]");
    expect(() => readPickle(Buffer.concat([raw(0x80, 2), many]), "batch")).toThrow("more than 2000000 instructions");
  });

  it("meets truncated and damaged files with nothing but its own error", () => {
    const survive = (bytes: Uint8Array) => {
      try {
        readPickle(bytes, "batch");
      } catch (error) {
        if (!(error instanceof MaskconError)) throw error;
        expect(error.message).toMatch(/^batch: .* at byte \d+; /);
      }
    };
    for (let length = 0; length < sample.length; length++) {
      expect(() => readPickle(sample.subarray(0, length), "batch")).toThrow(/^batch: .* at byte \d+; /);
    }
    const flips = fc.array(fc.nat(sample.length * 8 - 1), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(flips, (bits) => {
        const bytes = Buffer.from(sample);
        for (const bit of bits) bytes[bit >> 3]! ^= 1 << (bit & 7);
        survive(bytes);
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => survive(Buffer.concat([raw(0x80, 2), bytes]))),
      { numRuns: 5000 },
    );
  });
});
