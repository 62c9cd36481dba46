/** ONNX's `TensorProto.DataType`: name, and bits of an element; 0 where it is not of a fixed size. */
const types: readonly (readonly [name: string, bits: number])[] = [
  ["undefined", 0],
  ["float32", 32],
  ["uint8", 8],
  ["int8", 8],
  ["uint16", 16],
  ["int16", 16],
  ["int32", 32],
  ["int64", 64],
  ["string", 0],
  ["bool", 8],
  ["float16", 16],
  ["float64", 64],
  ["uint32", 32],
  ["uint64", 64],
  ["complex64", 64],
  ["complex128", 128],
  ["bfloat16", 16],
  ["float8e4m3fn", 8],
  ["float8e4m3fnuz", 8],
  ["float8e5m2", 8],
  ["float8e5m2fnuz", 8],
  ["uint4", 4],
  ["int4", 4],
  ["float4e2m1", 4],
];

export const typeName = (type: number): string | undefined => types[type]?.[0];

export const typeNumber = (name: string): number => types.findIndex(([other]) => other === name);

/** Bytes of `count` elements, packed where an element is less than one; undefined where the type has no fixed size. */
export function tensorBytes(type: string, count: number): number | undefined {
  const bits = types.find(([name]) => name === type)?.[1];
  return bits ? Math.ceil((bits * count) / 8) : undefined;
}
