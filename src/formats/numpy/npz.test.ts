import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { batch, type Member, npy, npzMembers, zip } from "../../../test/imagenet32-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { openNpzPart } from "../../data/named/imagenet32/imagenet32-npz.ts";
import { npyHeader } from "./npy-header.ts";

const good = npzMembers(batch([5, 6]));

async function pixels(members: readonly Member[] | Uint8Array): Promise<Uint8Array[]> {
  const bytes = members instanceof Uint8Array ? members : zip(members);
  const part = await openNpzPart(put(temporaryFolder(), "a.npz", bytes), "a.npz");
  const pieces: Uint8Array[] = [];
  for await (const piece of part.pixels()) pieces.push(piece);
  return pieces;
}

const replaced = (name: string, member: Partial<Member>) =>
  good.map((old) => (old.name === name ? { ...old, ...member } : old));

describe("npyHeader", () => {
  it("reads versions 1 and 2", () => {
    const one = npy("|u1", [2, 3072], new Uint8Array(0));
    expect(npyHeader(one, "a")).toEqual({ descr: "|u1", shape: [2, 3072], start: 128 });
    const two = Buffer.concat([Buffer.from("\x93NUMPY\x02\x00\x76\x00\x00\x00", "latin1"), one.subarray(10)]);
    expect(npyHeader(two, "a")).toEqual({ descr: "|u1", shape: [2, 3072], start: 130 });
    expect(npyHeader(npy("<i8", [7], new Uint8Array(0)), "a").shape).toEqual([7]);
  });

  const header = (text: string) =>
    Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), Buffer.from([text.length, 0]), Buffer.from(text)]);
  it.each([
    ["another signature", Buffer.alloc(128), "no .npy signature at byte 0"],
    ["a later version", Buffer.from("\x93NUMPY\x04\x00\x00\x00\x00\x00", "latin1"), "version 4.0 at byte 6"],
    [
      "a huge header",
      Buffer.from("\x93NUMPY\x02\x00\xff\xff\xff\x7f", "latin1"),
      "a header of 2147483647 bytes at byte 8",
    ],
    [
      "a cut header",
      npy("|u1", [1], new Uint8Array(0)).subarray(0, 90),
      "the end (90 bytes) within the header at byte 10",
    ],
    [
      "column-major order",
      header("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n"),
      "column-major order",
    ],
    ["a record type", header("{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2,), }\n"), "another form"],
    ["a shape that is no list", header("{'descr': '|u1', 'fortran_order': False, 'shape': (2, , 3), }\n"), "the shape"],
    ["code", header("{'descr': '|u1', 'fortran_order': False, 'shape': (exit(),), }\n"), "another form"],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => npyHeader(bytes, "a")).toThrow(message);
  });

  it("meets any bytes with its own error only", () => {
    const sample = npy("|u1", [2, 3072], new Uint8Array(0));
    fc.assert(
      fc.property(fc.nat(sample.length * 8 - 1), fc.nat(sample.length), (bit, length) => {
        const bytes = Buffer.from(sample.subarray(0, length));
        if (bit >> 3 < length) bytes[bit >> 3]! ^= 1 << (bit & 7);
        try {
          npyHeader(bytes, "a");
        } catch (error) {
          expect(error).toBeInstanceOf(MaskconError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a hostile .npz", () => {
  const zeros = new Uint8Array(2 * 3072);
  it.each<[string, readonly Member[] | Uint8Array, RegExp]>([
    ["without data", good.slice(1), /a\.npz, entry data\.npy: expected an array "data", found labels\.npy, mean\.npy/],
    ["with one array twice", [...good, good[0]!], /two data\.npy/],
    [
      "with too many arrays",
      Array.from({ length: 17 }, (_, i) => ({ ...good[0]!, name: `${i}.npy` })),
      /at most 16 arrays/,
    ],
    [
      "whose shape is another than its size",
      replaced("data.npy", { bytes: npy("|u1", [3, 3072], zeros) }),
      /fit its size/,
    ],
    [
      "whose array unpacks to more than it claims",
      replaced("data.npy", { bytes: npy("|u1", [2, 3072], new Uint8Array(9000)), deflate: true, claimed: 128 + 6144 }),
      /data\.npy at byte 0: expected a whole array, found too many bytes/,
    ],
    [
      "whose array unpacks to less than it claims",
      replaced("data.npy", { bytes: npy("|u1", [2, 3072], new Uint8Array(5000)), deflate: true, claimed: 128 + 6144 }),
      /expected a whole array, found not enough bytes/,
    ],
    [
      "that claims what deflate cannot hold",
      replaced("data.npy", { bytes: npy("|u1", [200000, 3072], zeros), deflate: true, claimed: 128 + 200000 * 3072 }),
      /a size that its compressed bytes can have, found 614400128 from/,
    ],
    [
      "of wider images",
      replaced("data.npy", { bytes: npy("|u1", [1, 6144], zeros) }),
      /n x 3072 bytes.*found 1 x 6144/,
    ],
    ["of floats", replaced("data.npy", { bytes: npy("<f4", [2, 768], zeros) }), /type <f4/],
    ["of no image", replaced("data.npy", { bytes: npy("|u1", [0, 3072], new Uint8Array(0)) }), /found 0 x 3072/],
    [
      "with one label too many",
      replaced("labels.npy", { bytes: npy("|u1", [3], new Uint8Array(3)) }),
      /2 "labels", found 3/,
    ],
    ["with a label of 0", replaced("labels.npy", { bytes: npy("<u2", [2], new Uint8Array(4)) }), /found 0 at image 0/],
    ["that is no zip", new Uint8Array(100), /a\.npz, bytes 0 to 100: expected a \.npz file, found/],
    ["that is empty", new Uint8Array(0), /a\.npz, bytes 0 to 0: expected a \.npz file, found/],
  ])("%s is refused", async (_, members, message) => {
    await expect(pixels(members)).rejects.toThrow(message);
    await expect(pixels(members)).rejects.toThrow(MaskconError);
  });

  it("is found by its checksum when a pixel was changed", async () => {
    const bytes = zip(good);
    bytes[300]! ^= 1;
    await expect(pixels(bytes)).rejects.toThrow(/data\.npy at byte 0: expected the checksum/);
  });

  it.each([
    ["<i8", new BigInt64Array([2n ** 32n + 5n, 6n]), "found 4294967301 at image 0"],
    ["<u8", new BigUint64Array([5n, 2n ** 64n - 1n]), "found 18446744073709552000 at image 1"],
    ["<u4", Uint32Array.of(5, 2 ** 32 - 1), "found 4294967295 at image 1"],
    ["<i2", Int16Array.of(-1, 5), "found -1 at image 0"],
    [">u2", Uint16Array.of(5, 6), "type >u2"],
  ])("is refused where a label of %s is none, and never taken for another", async (descr, values, message) => {
    const labels = npy(descr, [2], new Uint8Array(values.buffer));
    const file = put(temporaryFolder(), "a.npz", zip(replaced("labels.npy", { bytes: labels })));
    await expect(openNpzPart(file, "a.npz")).rejects.toThrow(message);
  });

  it("is read whatever integers its labels are", async () => {
    for (const [descr, bytes] of [
      ["<u2", Uint16Array.of(5, 1000)],
      ["<i4", Int32Array.of(5, 1000)],
    ] as const) {
      const labels = npy(descr, [2], new Uint8Array(bytes.buffer));
      const file = put(temporaryFolder(), "a.npz", zip(replaced("labels.npy", { bytes: labels })));
      expect([...(await openNpzPart(file, "a.npz")).labels]).toEqual([5, 1000]);
    }
  });
});
