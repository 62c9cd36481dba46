import { kernelBytes } from "./kernel-bytes.ts";

/** Addresses are bytes in the memory of `kernelMemory`. What they do stands in tools/pixels. */
export interface Kernels {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  resampleRows(
    from: number,
    stride: number,
    rows: number,
    to: number,
    width: number,
    starts: number,
    weights: number,
    pairs: number,
  ): void;
  resampleColumns(
    from: number,
    row: number,
    to: number,
    height: number,
    starts: number,
    weights: number,
    pairs: number,
  ): void;
  blurRows(
    image: number,
    row: number,
    height: number,
    line: number,
    other: number,
    radius: number,
    weight: number,
    edge: number,
  ): void;
  blurColumns(
    image: number,
    other: number,
    row: number,
    height: number,
    radius: number,
    weight: number,
    edge: number,
  ): void;
  blendBytes(at: number, bytes: number, mean: number, factor: number): void;
  saturate(from: number, to: number, bytes: number, factor: number): void;
  sumOfLumas(at: number, bytes: number): number;
  normalizePlanes(
    from: number,
    to: number,
    plane: number,
    pixels: number,
    mean0: number,
    mean1: number,
    mean2: number,
    std0: number,
    std1: number,
    std2: number,
  ): void;
  perspective(
    from: number,
    to: number,
    width: number,
    height: number,
    a: number,
    b: number,
    c: number,
    d: number,
    e: number,
    f: number,
    g: number,
    h: number,
  ): void;
}

/** The part of the standard's interface that is used; TypeScript has it among the browser's types alone. */
interface Standard {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const PAGE = 65536;
let loaded: Kernels | undefined;
let bytes = new Uint8Array(0);

/** Compiled at the first use in a thread: two milliseconds. */
export function kernels(): Kernels {
  if (loaded) return loaded;
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: Standard }).WebAssembly;
  loaded = new Instance(new Module(kernelBytes())).exports as Kernels;
  return loaded;
}

/** The kernels' memory, at least `size` bytes. Every operation uses it from its start; nothing in it lasts beyond one. */
export function kernelMemory(size: number): Uint8Array<ArrayBuffer> {
  const { memory } = kernels();
  const missing = size - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  if (bytes.buffer !== memory.buffer) bytes = new Uint8Array(memory.buffer);
  return bytes;
}
