import { open } from "node:fs/promises";
import { fail } from "../../../core/index.ts";
import { readFully, regularFile, unreadable } from "../../../formats/index.ts";
import { FileSlice, fileTape, type NdArray, readPickle } from "../../../formats/pickle/index.ts";
import { entryOf, imageArray, wrong } from "../cifar/cifar-pickle.ts";
import { IMAGE_BYTES } from "../planar.ts";
import { checkedLabels, type Imagenet32Part, MAX_ROWS } from "./imagenet32-part.ts";

const CHUNK = 1024 * IMAGE_BYTES;

/** A batch as distributed first: a pickle of `data` [n, 3072], `labels` and `mean`. */
export async function openPicklePart(file: string, name: string): Promise<Imagenet32Part> {
  const { size } = await regularFile(file);
  const limit = MAX_ROWS * (IMAGE_BYTES + 16);
  if (size > limit) fail("data", { where: file, expected: `at most ${limit} bytes`, found: `${size} bytes` });
  return withFile(file, (handle) => {
    const dict = readPickle(fileTape(handle.fd, size), file);
    if (!(dict instanceof Map)) return wrong(`${file}, byte 0`, "a dict", dict);
    const images = imageArray(dict.get("data"), file);
    const count = images.shape[0]!;
    const list = dict.get("labels");
    if (!Array.isArray(list) || list.length !== count) {
      return wrong(entryOf(file, "labels"), `"labels", a list of ${count} labels`, list);
    }
    const labels = checkedLabels(list, file);
    return { name, count, labels, pixels: () => slice(file, images) };
  });
}

async function withFile<T>(file: string, work: (handle: { fd: number }) => T): Promise<T> {
  const handle = await open(file).catch((error) => unreadable(file, error));
  try {
    return work(handle);
  } finally {
    await handle.close();
  }
}

/** The array's bytes, from the file a few megabytes at a time into one buffer: use each piece before the next. */
async function* slice(file: string, { bytes }: NdArray): AsyncGenerator<Uint8Array> {
  if (!(bytes instanceof FileSlice)) return yield bytes;
  const handle = await open(file);
  try {
    const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, bytes.length));
    for (let done = 0; done < bytes.length; ) {
      const piece = buffer.subarray(0, Math.min(buffer.length, bytes.length - done));
      const filled = await readFully(handle, piece, bytes.offset + done);
      if (filled < piece.length) {
        fail("data", {
          where: file,
          expected: "all its pixels",
          found: `the end at byte ${bytes.offset + done + filled}`,
        });
      }
      done += filled;
      yield piece;
    }
  } finally {
    await handle.close();
  }
}
