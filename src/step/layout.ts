import { fail, sameShape, showShape, sizeOf, type TensorData, type Tensors } from "../core/index.ts";
import type { TensorSpec } from "../nn/index.ts";

/** Where a named tensor stands in a flat state vector. */
interface TensorSlice extends TensorSpec {
  readonly start: number;
  readonly end: number;
}

/** Many tensors as one vector: one update for all of them, few state tensors to carry. */
export interface FlatLayout {
  readonly size: number;
  readonly slices: readonly TensorSlice[];
}

export function flatLayout(specs: readonly TensorSpec[]): FlatLayout {
  let size = 0;
  const slices = specs.map((spec) => {
    const start = size;
    size += sizeOf(spec.shape);
    return { ...spec, start, end: size };
  });
  return { size, slices };
}

/** Consecutive tensors as layouts of their own, of at most `most` values; a larger tensor has one to itself. */
export function partsOf({ slices }: FlatLayout, most: number): FlatLayout[] {
  const parts: TensorSpec[][] = [];
  let size = 0;
  for (const { start, end, ...spec } of slices) {
    size += end - start;
    if (parts.length === 0 || size > most) {
      parts.push([]);
      size = end - start;
    }
    parts.at(-1)!.push(spec);
  }
  return parts.map(flatLayout);
}

/** Cuts a flat vector into named tensors (copies). */
export function unpack(layout: FlatLayout, prefix: string, flat: Float32Array): Tensors {
  return Object.fromEntries(
    layout.slices.map(({ name, shape, start, end }): [string, TensorData] => [
      `${prefix}${name}`,
      { dtype: "float32", shape, data: flat.slice(start, end) },
    ]),
  );
}

/** Writes the tensors that are present into the flat vector; returns the names it used. */
export function pack(layout: FlatLayout, prefix: string, tensors: Tensors, flat: Float32Array): string[] {
  const used: string[] = [];
  for (const { name, shape, start } of layout.slices) {
    const tensor = tensors[`${prefix}${name}`];
    if (!tensor) continue;
    flat.set(checkedTensor(`${prefix}${name}`, tensor, shape), start);
    used.push(`${prefix}${name}`);
  }
  return used;
}

export function checkedTensor(name: string, tensor: TensorData, shape: readonly number[]): Float32Array | Int32Array {
  if (!sameShape(tensor.shape, shape) || tensor.data.length !== sizeOf(shape)) {
    fail("shape", {
      where: name,
      expected: showShape(shape),
      found: `${showShape(tensor.shape)}, ${tensor.data.length} values`,
    });
  }
  if (
    !(
      tensor.data instanceof Float32Array ||
      tensor.data instanceof Int32Array ||
      (tensor.data as unknown) instanceof BigInt64Array
    )
  ) {
    fail("shape", { where: name, expected: "float32 or int32 values", found: tensor.dtype });
  }
  // Files of other tools carry 64-bit integers; labels and pointers are small.
  const data: unknown = tensor.data;
  if (data instanceof BigInt64Array) return Int32Array.from(data, Number);
  return tensor.data as Float32Array | Int32Array;
}
