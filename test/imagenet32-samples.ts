import * as zlib from "node:zlib";
import { put } from "./data-samples.ts";

/** Downsampled ImageNet's files, built as Python 3 and numpy write them. */

export interface Batch {
  readonly data: Uint8Array;
  /** 1 to 1000. */
  readonly labels: readonly number[];
}

export const trainNames = Array.from({ length: 10 }, (_, i) => `train_data_batch_${i + 1}`);

/** Image i of a batch has red i, green i + 1 and blue i + 2 everywhere. */
export function batch(labels: readonly number[]): Batch {
  const value = (at: number) => Math.floor(at / 3072) + (Math.floor(at / 1024) % 3);
  return { data: Uint8Array.from({ length: labels.length * 3072 }, (_, at) => value(at)), labels };
}

/** Protocol 3, with the mean image as doubles. */
export function pickle3({ data, labels }: Batch, mean = true): Buffer {
  const u32 = (n: number) => Buffer.from(Uint32Array.of(n).buffer);
  const text = (value: string) => Buffer.concat([Buffer.from("X"), u32(value.length), Buffer.from(value)]);
  const int = (n: number) => (n < 256 ? Buffer.from([0x4b, n]) : Buffer.from([0x4d, n & 255, n >> 8]));
  const bytes = (value: Uint8Array) => Buffer.concat([Buffer.from("B"), u32(value.length), value]);
  const raw = (value: string) => Buffer.from(value, "latin1");
  const array = (code: string, order: string, shape: readonly number[], content: Uint8Array) =>
    Buffer.concat([
      raw("cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85C\x01b\x87R(K\x01"),
      ...shape.map(int),
      raw(shape.length === 1 ? "\x85" : "\x86"),
      raw("cnumpy\ndtype\n"),
      text(code),
      raw("K\x00K\x01\x87R(K\x03"),
      text(order),
      raw("NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89"),
      bytes(content),
      raw("tb"),
    ]);
  const list = [raw("]q\x03("), ...labels.map(int), raw("e")];
  const items = [text("data"), array("u1", "|", [labels.length, 3072], data), text("labels"), ...list];
  if (mean) items.push(text("mean"), array("f8", "<", [3072], new Uint8Array(3072 * 8)));
  return Buffer.concat([raw("\x80\x03}q\x00("), ...items, raw("u.")]);
}

export function npy(descr: string, shape: readonly number[], values: Uint8Array): Buffer {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dictionary = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const header = `${dictionary.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00", "latin1"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    values,
  ]);
}

export interface Member {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  /** What the zip says it unpacks to, if it lies. */
  readonly claimed?: number;
}

/** A zip of members as `numpy.savez` (stored) or `savez_compressed` (deflated) writes it. */
export function zip(members: readonly Member[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes, deflate = false, claimed = bytes.length } of members) {
    const content = deflate ? zlib.deflateRawSync(bytes) : bytes;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(deflate ? 8 : 0, 4);
    fields.writeUInt32LE(zlib.crc32(bytes), 10);
    fields.writeUInt32LE(content.length, 14);
    fields.writeUInt32LE(claimed, 18);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), content]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, end, Buffer.from(name)]));
    files.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const last = Buffer.alloc(22);
  last.write("PK\x05\x06", "latin1");
  last.writeUInt16LE(members.length, 8);
  last.writeUInt16LE(members.length, 10);
  last.writeUInt32LE(central.length, 12);
  last.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, central, last]);
}

export function npzMembers({ data, labels }: Batch, deflate = false): Member[] {
  const wide = new Uint8Array(BigInt64Array.from(labels, BigInt).buffer);
  return [
    { name: "data.npy", bytes: npy("|u1", [labels.length, 3072], data), deflate },
    { name: "labels.npy", bytes: npy("<i8", [labels.length], wide), deflate },
    { name: "mean.npy", bytes: npy("<f8", [3072], new Uint8Array(3072 * 8)), deflate },
  ];
}

/** Maps that turn the label l into class 1000 - l, and class c into coarse class c mod 12. */
export function putMaps(folder: string): void {
  const map = (value: (key: number) => number) =>
    JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [i, value(i)])));
  put(
    folder,
    "imagenet32_to_fine.json",
    map((key) => 999 - key),
  );
  put(
    folder,
    "imagenet_fine_to_coarse.json",
    map((key) => key % 12),
  );
}
