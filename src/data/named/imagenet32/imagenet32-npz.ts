import { fail } from "../../../core/index.ts";
import { openNpz } from "../../../formats/numpy/index.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { checkedLabels, type Imagenet32Part, MAX_ROWS } from "./imagenet32-part.ts";

/** Integers as numpy may keep labels in an .npz: the bytes of one, and how to read it. */
const integers: Readonly<Record<string, { bytes: number; read: (view: DataView, at: number) => number }>> = {
  "|u1": { bytes: 1, read: (view, at) => view.getUint8(at) },
  "<u2": { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  "<i2": { bytes: 2, read: (view, at) => view.getInt16(at, true) },
  "<u4": { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  "<i4": { bytes: 4, read: (view, at) => view.getInt32(at, true) },
  "<u8": { bytes: 8, read: (view, at) => Number(view.getBigUint64(at, true)) },
  "<i8": { bytes: 8, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/** A batch as a `.npz` of `data` [n, 3072] and `labels` [n]. */
export async function openNpzPart(file: string, name: string): Promise<Imagenet32Part> {
  const npz = await openNpz(file);
  try {
    const data = await npz.header("data", (descr) => (descr === "|u1" ? 1 : undefined));
    const [count = 0, width] = data.shape;
    if (data.shape.length !== 2 || width !== IMAGE_BYTES || count < 1 || count > MAX_ROWS) {
      const expected = `"data" of n x ${IMAGE_BYTES} bytes, n at most ${MAX_ROWS}`;
      fail("data", { where: `${file}, entry data.npy`, expected, found: data.shape.join(" x ") });
    }
    const header = await npz.header("labels", (descr) => integers[descr]?.bytes);
    if (header.shape.length !== 1 || header.shape[0] !== count) {
      fail("data", {
        where: `${file}, entry labels.npy`,
        expected: `${count} "labels"`,
        found: header.shape.join(" x "),
      });
    }
    const parts: Uint8Array[] = [];
    for await (const chunk of npz.values("labels", header)) parts.push(chunk);
    const bytes = Buffer.concat(parts);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const type = integers[header.descr]!;
    const values = Array.from({ length: count }, (_, i) => type.read(view, i * type.bytes));
    return { name, count, labels: checkedLabels(values, file), pixels: () => pixels(file) };
  } finally {
    npz.close();
  }
}

async function* pixels(file: string): AsyncGenerator<Uint8Array> {
  const npz = await openNpz(file);
  try {
    yield* npz.values("data", await npz.header("data", () => 1));
  } finally {
    npz.close();
  }
}
