import { join } from "node:path";
import { fail } from "../../../core/index.ts";
import { utf8Text } from "../../../formats/index.ts";
import type { Dataset, Normalization } from "../../dataset.ts";
import { IMAGE_BYTES, interleave, SIDE } from "../planar.ts";
import type { PublishedFiles } from "../published-files.ts";

/** CIFAR-100's train file is the largest official one, with 155 MB. */
export const MAX_CIFAR_BYTES = 200 * 2 ** 20;
const MAX_NAMES_BYTES = 2 ** 16;

/** Images read from one or several files of a CIFAR archive, before they become a dataset. */
export interface CifarPart {
  readonly count: number;
  /** Holds 3,072 bytes an image: a red plane, a green, a blue. */
  readonly planes: Uint8Array;
  /** Bytes from one image to the next in `planes`. */
  readonly stride: number;
  /** Offset of the first image's planes. */
  readonly first: number;
  /** [count], which image of `planes` each one is; without it, all in order. */
  readonly places?: readonly number[];
  readonly coarse: Int32Array;
  readonly fine: Int32Array;
  readonly id: (index: number) => string;
}

export interface CifarClasses {
  readonly coarse: readonly string[];
  readonly fine: readonly string[];
}

/** Joins parts into one dataset with all pixels in shared memory. */
export function cifarDataset(
  name: string,
  parts: readonly CifarPart[],
  classes: CifarClasses,
  normalization: Normalization,
): Dataset {
  const length = parts.reduce((sum, part) => sum + part.count, 0);
  const pixels = new SharedArrayBuffer(length * IMAGE_BYTES);
  const out = new Uint8Array(pixels);
  const coarse = new Int32Array(length);
  const fine = new Int32Array(length);
  const ids: string[] = [];
  let at = 0;
  for (const part of parts) {
    coarse.set(part.coarse, at);
    fine.set(part.fine, at);
    for (let i = 0; i < part.count; i++, at++) {
      interleave(part.planes, part.first + (part.places?.[i] ?? i) * part.stride, out, at * IMAGE_BYTES);
      ids.push(part.id(i));
    }
  }
  const source = { kind: "memory", width: SIDE, height: SIDE, pixels } as const;
  return {
    name,
    length,
    coarseClasses: classes.coarse,
    fineClasses: classes.fine,
    coarse,
    fine,
    ids,
    source,
    normalization,
  };
}

/**
 * Reads a file of the binary version: records of `labels` label bytes and 3,072 planar pixel bytes.
 * @returns the labels by record, [labels][count]
 */
export async function readRecords(files: PublishedFiles, name: string, classes: readonly number[]) {
  const file = join(files.folder, name);
  const bytes = await files.read(name, MAX_CIFAR_BYTES);
  const stride = classes.length + IMAGE_BYTES;
  const count = Math.floor(bytes.length / stride);
  if (count === 0 || bytes.length % stride) {
    fail("data", {
      where: file,
      expected: `whole records of ${stride} bytes`,
      found: `${bytes.length} bytes, of which the last record begins at byte ${count * stride}`,
    });
  }
  const labels = classes.map((limit, place) =>
    Int32Array.from({ length: count }, (_, i) => {
      const label = bytes[i * stride + place]!;
      if (label < limit) return label;
      return fail("data", {
        where: file,
        expected: `labels below ${limit}`,
        found: `${label} in record ${i} at byte ${i * stride + place}`,
      });
    }),
  );
  return { count, planes: bytes, stride, first: classes.length, labels, id: (i: number) => `${name}/${i}` };
}

/** Class names, one a line. */
export async function readClassNames(files: PublishedFiles, name: string, count: number): Promise<string[]> {
  const file = join(files.folder, name);
  const lines = utf8Text(await files.read(name, MAX_NAMES_BYTES), file).split(/\r?\n/);
  const names = lines.filter((line) => line !== "");
  if (names.length !== count) {
    const where = `${file}, line ${lines.length}`;
    fail("data", { where, expected: `${count} class names by the end`, found: String(names.length) });
  }
  return names;
}
