import { readFile } from "node:fs/promises";
import { fileFormat } from "../../formats/index.ts";
import type { Dataset } from "../dataset.ts";
import { encodedAt, readSlice } from "./encoded.ts";

/** What files of each format are called. */
const extensions: Readonly<Record<string, string>> = {
  ...{ png: ".png", jpeg: ".jpg", gif: ".gif", webp: ".webp", tiff: ".tif", avif: ".avif", bmp: ".bmp" },
};

/** The bytes of an image as it is encoded, with the ending of its format; undefined where a set has only pixels. */
export async function encodedBytes(
  { source }: Dataset,
  index: number,
): Promise<{ readonly bytes: Uint8Array; readonly extension: string } | undefined> {
  if (source.kind !== "files" && source.kind !== "slices") return undefined;
  const encoded = encodedAt(source, index);
  const bytes = typeof encoded === "string" ? await readFile(encoded) : await readSlice(encoded);
  return { bytes, extension: extensions[fileFormat(bytes)?.name ?? ""] ?? "" };
}
