import { MaskconError } from "../../core/index.ts";
import type { ImageSource, SkippedFile } from "../dataset.ts";
import { DIGEST_BYTES, digestsAt, readContent } from "./content-digest.ts";
import { decodeImage } from "./decode.ts";
import { eachAtOnce } from "./each-at-once.ts";
import { placeOf } from "./encoded.ts";
import type { Inspected } from "./inspect.ts";
import type { KnownImages } from "./known-images.ts";
import type { LabelledFile } from "./labelled-file.ts";

/** Memory left for decoded images, shared by the splits of one collection. */
export interface Budget {
  bytes: number;
}

export interface Stored {
  readonly files: readonly LabelledFile[];
  readonly source: ImageSource;
}

/** Without what identifies them. */
type Kept = Exclude<ImageSource, { readonly kind: "memory" }>;

const bytesOf = ({ width, height }: Inspected): number => width * height * 3;

/**
 * Reads and decodes every image once, which proves that it can be read, and keeps what identifies it. The pixels are kept if
 * they all fit the budget; else the images are left to be decoded at each access, and of known ones nothing is read. Bad ones
 * are left out and named in `bad`.
 */
export async function store(
  images: readonly Inspected[],
  shortSide: number | undefined,
  budget: Budget,
  bad: SkippedFile[],
  signal: AbortSignal | undefined,
  known?: KnownImages,
): Promise<Stored> {
  const total = images.reduce((sum, image) => sum + bytesOf(image), 0);
  const pixels = total <= budget.bytes ? memoryOf(total) : undefined;
  if (pixels) budget.bytes -= total;
  const offsets = offsetsOf(images);
  const digests = new Uint8Array(DIGEST_BYTES * images.length);
  const read = async (i: number) => {
    const image = images[i]!;
    const digest = digests.subarray(DIGEST_BYTES * i, DIGEST_BYTES * (i + 1));
    const { file, width, height, found } = image;
    if (found?.known && !pixels) {
      digest.set(Buffer.from(found.known.digest, "hex"));
      return undefined;
    }
    const out = pixels && new Uint8Array(pixels, offsets[i], bytesOf(image));
    const problem = await problemOf(image, shortSide, digest, out);
    if (problem === undefined) {
      known?.add(file.file, found?.stamp, { digest: Buffer.from(digest).toString("hex"), width, height });
    }
    return problem;
  };
  const uncertain: number[] = [];
  await eachAtOnce(images, signal, async (_, i) => {
    if ((await read(i)) !== undefined) uncertain.push(i);
  });
  const lost = await confirm(uncertain, images, read, bad);
  const places = [...images.keys()].filter((i) => !lost.has(i));
  const files = places.map((i) => images[i]!.file);
  const source = pixels ? packed(images, places, pixels, offsets) : encoded(files, shortSide);
  return { files, source: { ...source, digests: digestsAt(digests, places) } };
}

/** Tries the failed ones again, one at a time: libvips keeps one error text for all threads, so the first may be another's. */
async function confirm(
  uncertain: readonly number[],
  images: readonly Inspected[],
  read: (i: number) => Promise<string | undefined>,
  bad: SkippedFile[],
): Promise<Set<number>> {
  const lost = new Set<number>();
  for (const i of uncertain) {
    const reason = await read(i);
    if (reason === undefined) continue;
    lost.add(i);
    bad.push({ file: images[i]!.file.id, reason });
  }
  return lost;
}

/** Undefined where the machine cannot give so much: decoding at each access still works. */
function memoryOf(bytes: number): SharedArrayBuffer | undefined {
  try {
    return new SharedArrayBuffer(bytes);
  } catch {
    return undefined;
  }
}

function offsetsOf(images: readonly Inspected[]): Float64Array {
  const offsets = new Float64Array(images.length);
  for (let i = 1; i < images.length; i++) offsets[i] = offsets[i - 1]! + bytesOf(images[i - 1]!);
  return offsets;
}

/** Writes what identifies the image into `digest`, and its pixels into `out`, if given. Undefined: all is well. */
async function problemOf(
  image: Inspected,
  shortSide: number | undefined,
  digest: Uint8Array,
  out: Uint8Array | undefined,
): Promise<string | undefined> {
  try {
    const content = await readContent(image.file.file);
    digest.set(content.digest);
    const { width, height, data } = await decodeImage(content.image, shortSide);
    if (width !== image.width || height !== image.height) {
      return `it decodes to ${width} x ${height} where its header says ${image.width} x ${image.height}`;
    }
    out?.set(data);
    return undefined;
  } catch (error) {
    if (error instanceof MaskconError) return error.failure.found;
    throw error;
  }
}

function packed(
  images: readonly Inspected[],
  places: readonly number[],
  pixels: SharedArrayBuffer,
  offsets: Float64Array,
): Kept {
  const kept = { offsets: shared(Float64Array, places.length), sizes: shared(Int32Array, 2 * places.length) };
  for (const [to, from] of places.entries()) {
    kept.offsets[to] = offsets[from]!;
    kept.sizes[2 * to] = images[from]!.width;
    kept.sizes[2 * to + 1] = images[from]!.height;
  }
  return { kind: "packed", pixels, ...kept };
}

/** Images left where they lie, to be decoded at each access. */
function encoded(files: readonly LabelledFile[], shortSide: number | undefined): Kept {
  const reduced = shortSide === undefined ? {} : { shortSide };
  const slices = files.map(({ file }) => file).filter((file) => typeof file !== "string");
  if (slices.length === 0) return { kind: "files", files: files.map(({ file }) => placeOf(file)), ...reduced };
  const parts = [...new Set(slices.map(({ from }) => from))];
  const places = new Map(parts.map((from, place) => [from, place]));
  const kept = {
    part: shared(Int32Array, slices.length),
    offsets: shared(Float64Array, slices.length),
    lengths: shared(Int32Array, slices.length),
  };
  for (const [i, { from, offset, length }] of slices.entries()) {
    kept.part[i] = places.get(from)!;
    kept.offsets[i] = offset;
    kept.lengths[i] = length;
  }
  return { kind: "slices", parts, ...kept, ...reduced };
}

function shared<T>(type: { new (buffer: SharedArrayBuffer): T; BYTES_PER_ELEMENT: number }, length: number): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}
