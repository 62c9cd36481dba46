import type { RasterView } from "../augment/raster.ts";
import type { ImageSource } from "../dataset.ts";

/** Reads image `index`. A synchronous reader hands out one object again and again: use it before the next call. */
export type PixelReader =
  | { readonly kind: "sync"; read(index: number): RasterView }
  | { readonly kind: "async"; read(index: number): Promise<RasterView> };

export function pixelReader(source: ImageSource): PixelReader {
  if (source.kind === "files") {
    const read = async (index: number) => {
      // Loaded only here: a worker that reads from memory starts without the decoder.
      const { decodeImage } = await import("../decode.ts");
      const image = await decodeImage(source.files[index]!, source.shortSide);
      return { ...image, offset: 0 };
    };
    return { kind: "async", read };
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
