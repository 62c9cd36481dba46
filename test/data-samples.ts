import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import sharp from "sharp";
import type { TestContext } from "vitest";

export function put(folder: string, path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** A named pipe, which nobody writes to; the test is skipped where there are none. */
export function putPipe(folder: string, path: string, context: TestContext): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  if (spawnSync("mkfifo", [file]).status !== 0) context.skip("no named pipes here");
  return file;
}

/** A picture of one colour, as PNG. */
export function png(red: number, width = 6, height = 4): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: red, g: 20, b: 200 } } })
    .png()
    .toBuffer();
}

/** Writes pictures of different reds at `paths`. */
export async function putPictures(folder: string, paths: readonly string[]): Promise<void> {
  for (const [i, path] of paths.entries()) put(folder, path, await png(10 * i));
}

type Plain = null | boolean | number | string | Uint8Array | Plain[] | { [key: string]: Plain } | Bytes2d;

/** Stands for a numpy array [rows, columns] of bytes. */
export class Bytes2d {
  readonly rows: number;
  readonly bytes: Uint8Array;
  constructor(rows: number, bytes: Uint8Array) {
    this.rows = rows;
    this.bytes = bytes;
  }
}

/** Writes a value as Python 2's pickle does it, protocol 2: the CIFAR archives' dialect. */
export function pickle(value: Plain): Buffer {
  return Buffer.concat([Buffer.from([0x80, 2]), body(value), Buffer.from(".")]);
}

const u32 = (n: number) => Buffer.from(Int32Array.of(n).buffer);
const short = (text: string) =>
  Buffer.concat([Buffer.from("U"), Buffer.from([text.length]), Buffer.from(text, "latin1")]);

function body(value: Plain): Buffer {
  if (value === null) return Buffer.from("N");
  if (value === false) return Buffer.from([0x89]);
  if (typeof value === "number") {
    return value >= 0 && value < 256 ? Buffer.from([0x4b, value]) : Buffer.concat([Buffer.from("J"), u32(value)]);
  }
  if (typeof value === "string") return short(value);
  if (value instanceof Uint8Array) return Buffer.concat([Buffer.from("T"), u32(value.length), value]);
  if (value instanceof Bytes2d) return array(value);
  if (Array.isArray(value)) return Buffer.concat([Buffer.from("]q\x01("), ...value.map(body), Buffer.from("e")]);
  const items = Object.entries(value).flatMap(([key, item]) => [short(key), body(item)]);
  return Buffer.concat([Buffer.from("}q\x02("), ...items, Buffer.from("u")]);
}

function array({ rows, bytes }: Bytes2d): Buffer {
  return Buffer.concat([
    Buffer.from("cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R(K\x01", "latin1"),
    body(rows),
    body(rows === 0 ? 0 : bytes.length / rows),
    Buffer.from(
      "\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89",
      "latin1",
    ),
    body(bytes),
    Buffer.from("tb"),
  ]);
}

/** `count` CIFAR images as planar bytes: image i has red i, green i + 1 and blue i + 2 everywhere. */
export function planes(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 3072 }, (_, at) => Math.floor(at / 3072) + (Math.floor(at / 1024) % 3));
}
