import { fail } from "./errors.ts";

/** Type of a tensor's values. A `bool` tensor has a byte of 0 or 1 for each value. */
export type DType = "float32" | "int32" | "bool";
/** Sizes of a tensor's axes, the slowest first; `[]` of a scalar. */
export type Shape = readonly number[];

/** The array that holds a tensor's values, by their type. */
export interface TypedArrays {
  float32: Float32Array;
  int32: Int32Array;
  bool: Uint8Array;
}

/** A dense tensor in row-major order. */
export interface TensorData<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: TypedArrays[D];
}

/** Tensors by name, such as `query_encoder.net.conv1.weight`. */
export type Tensors = Record<string, TensorData>;

export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

export const showShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/**
 * A float32 tensor. A `Float32Array` is used as it is, without a copy.
 * @throws MaskconError "shape" where the number of values is not that of the shape
 */
export function float32(shape: Shape, data: Float32Array | ArrayLike<number>): TensorData<"float32"> {
  return checked({ dtype: "float32", shape, data: data instanceof Float32Array ? data : Float32Array.from(data) });
}

/**
 * An int32 tensor. An `Int32Array` is used as it is, without a copy.
 * @throws MaskconError "shape" where the number of values is not that of the shape
 */
export function int32(shape: Shape, data: Int32Array | ArrayLike<number>): TensorData<"int32"> {
  return checked({ dtype: "int32", shape, data: data instanceof Int32Array ? data : Int32Array.from(data) });
}

function checked<T extends TensorData>(tensor: T): T {
  if (sizeOf(tensor.shape) !== tensor.data.length) {
    fail("shape", {
      expected: `${sizeOf(tensor.shape)} values for shape ${showShape(tensor.shape)}`,
      found: `${tensor.data.length}`,
    });
  }
  return tensor;
}
