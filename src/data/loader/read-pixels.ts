import type { RasterView } from "../augment/raster.ts";
import type { ImageSource } from "../dataset.ts";
import { type Encoded, encodedAt } from "../images/encoded.ts";

/** Reads image `index`. A synchronous reader hands out one object again and again: use it before the next call. */
export type PixelReader =
  | { readonly kind: "sync"; read(index: number): RasterView }
  | { readonly kind: "async"; read(index: number): Promise<RasterView> };

export function pixelReader(source: ImageSource): PixelReader {
  if (source.kind === "files" || source.kind === "slices") {
    return decodingReader((index) => encodedAt(source, index), source.shortSide);
  }
  const view: RasterView = { data: new Uint8Array(source.pixels), width: 0, height: 0, offset: 0 };
  if (source.kind === "memory") {
    const { width, height } = source;
    Object.assign(view, { width, height });
    const read = (index: number) => {
      view.offset = index * width * height * 3;
      return view;
    };
    return { kind: "sync", read };
  }
  const { offsets, sizes } = source;
  const read = (index: number) => {
    view.offset = offsets[index]!;
    view.width = sizes[2 * index]!;
    view.height = sizes[2 * index + 1]!;
    return view;
  };
  return { kind: "sync", read };
}

function decodingReader(imageAt: (index: number) => Encoded, shortSide: number | undefined): PixelReader {
  const read = async (index: number) => {
    // Loaded only here: a worker that reads from memory starts without the decoder.
    const { decodeImage } = await import("../images/decode.ts");
    return { ...(await decodeImage(imageAt(index), shortSide)), offset: 0 };
  };
  return { kind: "async", read };
}
