import { fail, type Shape, type TensorData } from "../../core/index.ts";

export type StoredType = "F64" | "F32" | "F16" | "BF16" | "I64" | "I32" | "BOOL";

const bytesOf: Record<StoredType, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, BOOL: 1 };

export const storedTypes = Object.keys(bytesOf) as readonly StoredType[];
export const storedBytes = (type: StoredType): number => bytesOf[type];

/** Types whose bytes in the file are the bytes in memory. */
export const isVerbatim = (type: StoredType): boolean => type === "F32" || type === "I32";

/** An empty tensor for `type`: F64, F32, F16, BF16 become float32; I64, I32 int32; BOOL bool. */
export function emptyTensor(type: StoredType, shape: Shape, size: number): TensorData {
  if (type === "BOOL") return { dtype: "bool", shape, data: new Uint8Array(size) };
  if (type === "I64" || type === "I32") return { dtype: "int32", shape, data: new Int32Array(size) };
  return { dtype: "float32", shape, data: new Float32Array(size) };
}

/**
 * @param bytes aligned to 8 (a fresh slice is)
 * @throws MaskconError "weights" where a value does not fit the type in memory
 */
export function decodeTensor(type: StoredType, shape: Shape, bytes: Uint8Array, where: string): TensorData {
  const size = bytes.byteLength / bytesOf[type];
  if (type === "F32") return { dtype: "float32", shape, data: new Float32Array(bytes.buffer, bytes.byteOffset, size) };
  if (type === "I32") return { dtype: "int32", shape, data: new Int32Array(bytes.buffer, bytes.byteOffset, size) };
  const tensor = emptyTensor(type, shape, size);
  convertInto(type, bytes, tensor.data, 0, where);
  return tensor;
}

/**
 * Converts the values of `bytes` into `out` from index `at`.
 * @throws MaskconError "weights" where a value does not fit
 */
export function convertInto(
  type: StoredType,
  bytes: Uint8Array,
  out: TensorData["data"],
  at: number,
  where: string,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[type];
  const step = bytesOf[type];
  for (let i = 0, byte = 0; byte < bytes.byteLength; i++, byte += step) {
    const value = read(view, byte);
    out[at + i] = value;
    if (out[at + i] !== value && misfit(type, value, out[at + i]!)) {
      fail("weights", {
        where,
        expected: `values that fit ${type === "F64" ? "float32" : "int32"}`,
        found: `${value}`,
      });
    }
  }
}

function misfit(type: StoredType, value: number, stored: number): boolean {
  return type === "I64" || (type === "F64" && Number.isFinite(value) && !Number.isFinite(stored));
}

const readers: Record<StoredType, (view: DataView, byte: number) => number> = {
  F64: (view, byte) => view.getFloat64(byte, true),
  F32: (view, byte) => view.getFloat32(byte, true),
  F16: (view, byte) => fromHalf(view.getUint16(byte, true)),
  BF16: (view, byte) => fromBrain(view.getUint16(byte, true)),
  I64: (view, byte) => view.getInt32(byte + 4, true) * 2 ** 32 + view.getUint32(byte, true),
  I32: (view, byte) => view.getInt32(byte, true),
  BOOL: (view, byte) => (view.getUint8(byte) ? 1 : 0),
};

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16 is the upper half of a float32. */
function fromBrain(bits: number): number {
  word.setUint32(0, bits << 16);
  return word.getFloat32(0);
}
