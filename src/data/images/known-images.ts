import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { readContent } from "./content-digest.ts";
import type { Encoded } from "./encoded.ts";

/** What decoding an image found. */
export interface KnownImage {
  /** The first half of the SHA-256 of its encoded bytes, in hex. */
  readonly digest: string;
  /** In pixels. */
  readonly width: number;
  readonly height: number;
}

/** A file that holds a known image as long as its stamp stays. */
export interface KnownFile extends KnownImage {
  /** Absolute. */
  readonly path: string;
  /** Its size, times of change and inode, as text. */
  readonly stamp: string;
}

/** What is known of an image that is about to be read. */
export interface LookedUp {
  readonly known: KnownImage | undefined;
  /** Of its file, before anything was read; undefined where a later change might leave it as it is. */
  readonly stamp: string | undefined;
}

/**
 * Images that were read and decoded before, and need not be decoded again. A file is taken to be as it was where its size, times
 * of change and inode are; any other is read and known by its content. What is decoded is added.
 */
export interface KnownImages {
  /** Files by path: those that it was made of, and others since. */
  readonly files: ReadonlyMap<string, KnownFile>;
  /** Paths of files that were looked up and are known by now. */
  readonly present: ReadonlySet<string>;
  /** What is known of an image: by the stamp of its file, or else by its content, which is read. */
  lookUp(image: Encoded): Promise<LookedUp>;
  /**
   * Adds what decoding an image found.
   * @param stamp that `lookUp` gave before the image was read
   */
  add(image: Encoded, stamp: string | undefined, known: KnownImage): void;
}

interface Before {
  readonly files?: Iterable<KnownFile>;
  /** Known by their content, wherever they lie. */
  readonly images?: Iterable<KnownImage>;
  /** Reads every file, whatever its stamp. */
  readonly checkContents?: boolean | undefined;
}

/** Images that are known from before; none by default. */
export function knownImages({ files: given = [], images: contents = [], checkContents }: Before = {}): KnownImages {
  const files = new Map<string, KnownFile>();
  const images = new Map<string, KnownImage>();
  const present = new Set<string>();
  for (const image of contents) images.set(image.digest, image);
  for (const file of given) {
    files.set(file.path, file);
    images.set(file.digest, file);
  }

  function add(image: Encoded, stamp: string | undefined, { digest, width, height }: KnownImage): void {
    images.set(digest, { digest, width, height });
    if (typeof image !== "string" || stamp === undefined) return;
    const path = resolve(image);
    files.set(path, { path, stamp, digest, width, height });
    present.add(path);
  }

  async function lookUp(image: Encoded): Promise<LookedUp> {
    const stamp = typeof image === "string" ? await stampOf(image) : undefined;
    const path = typeof image === "string" ? resolve(image) : "";
    const before = checkContents || stamp === undefined ? undefined : files.get(path);
    if (before && before.stamp === stamp) {
      present.add(path);
      return { known: before, stamp };
    }
    // Nothing can be found, or not to be read: then reading it properly says why.
    if (images.size === 0) return { known: undefined, stamp };
    const content = await readContent(image).catch(() => undefined);
    const known = content && images.get(Buffer.from(content.digest).toString("hex"));
    if (known) add(image, stamp, known);
    return { known, stamp };
  }
  return { files, present, lookUp, add };
}

/** Clocks of file systems go in steps of up to two seconds: within one of them a second change would leave the times alone. */
const SETTLED_MS = 3000;

/** As git's index has it: the time of the last change of the inode shows what `touch` hides. */
async function stampOf(file: string): Promise<string | undefined> {
  const now = Date.now();
  const info = await stat(file, { bigint: true }).catch(() => undefined);
  if (!info?.isFile()) return undefined;
  const { size, mtimeMs, mtimeNs, ctimeMs, ctimeNs, ino } = info;
  if (Math.max(Number(mtimeMs), Number(ctimeMs)) + SETTLED_MS > now) return undefined;
  return [size, mtimeNs, ctimeNs, ino].map((value) => value.toString(36)).join(" ");
}
