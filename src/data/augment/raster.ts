/** A working image, RGB, 3 bytes a pixel. `data` may be longer than the image: buffers are reused, never shrunk. */
export interface Raster {
  width: number;
  height: number;
  data: Uint8Array;
}

/** An image to read from inside a larger buffer; `offset` in bytes. */
export interface RasterView {
  width: number;
  height: number;
  data: Uint8Array;
  offset: number;
}

export const raster = (width = 0, height = 0): Raster => ({
  width,
  height,
  data: new Uint8Array(width * height * 3),
});

/** Gives `target` a size; its content is undefined afterwards. */
export function reserve(target: Raster, width: number, height: number): void {
  const bytes = width * height * 3;
  if (target.data.length < bytes) target.data = new Uint8Array(bytes);
  target.width = width;
  target.height = height;
}

/** The buffers one thread augments in. An operation reads `front` and either changes it in place or fills `back` and swaps. */
export interface Stage {
  front: Raster;
  back: Raster;
}

export const stage = (): Stage => ({ front: raster(), back: raster() });

export function swap(s: Stage): void {
  const front = s.front;
  s.front = s.back;
  s.back = front;
}
