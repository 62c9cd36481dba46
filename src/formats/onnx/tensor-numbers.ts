import { dirname, join } from "node:path";
import { fail, sizeOf } from "../../core/index.ts";
import { type ByteRanges, withRanges } from "../byte-ranges.ts";
import { tensorBytes, typeNumber } from "./data-types.ts";
import { MessagePieces } from "./message-pieces.ts";
import type { ExternalData, OnnxFileTensor, TypedNumber } from "./onnx-model.ts";
import { type Extent, packedVarints } from "./protobuf.ts";

/** Those of a float32 tensor, or of whole numbers and truths, which lose digits beyond 2^53. */
export type Numbers = Float32Array | Float64Array;

/** How an element is read from its bytes. */
const readers: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  float32: (view, at) => view.getFloat32(at, true),
  int64: (view, at) => Number(view.getBigInt64(at, true)),
  int32: (view, at) => view.getInt32(at, true),
  bool: (view, at) => view.getUint8(at),
};
const wordView = new DataView(new ArrayBuffer(4));

/**
 * The numbers of a tensor of float32, int64, int32 or bool. Where they are bytes, in the file or in one beside it, only the first
 * `most` are read.
 * @param ranges the file that holds the tensor; files beside it were looked at (`externalFiles`)
 * @throws MaskconError "weights" where the tensor is of another type, or has more or fewer numbers than its shape says
 */
export async function readNumbers(
  ranges: ByteRanges,
  tensor: OnnxFileTensor,
  most = Number.POSITIVE_INFINITY,
): Promise<Numbers> {
  const { name, type, shape, data } = tensor;
  const where = `${ranges.file}, tensor ${JSON.stringify(name.slice(0, 100))}`;
  const reader = readers[type];
  if (!reader) return fail("weights", { where, expected: "float32, int64, int32 or bool", found: type });
  const count = Math.min(sizeOf(shape), most);
  const bytes = tensorBytes(type, count)!;
  if ("raw" in data) return decode(await ranges.read(data.raw.offset, bytes), type, count, reader);
  if ("external" in data) {
    const beside = fileBeside(ranges, data.external);
    return withRanges(beside, async ({ read }) => decode(await read(data.external.offset, bytes), type, count, reader));
  }
  const numbers = "none" in data ? [] : await typedNumbers(ranges, type, data.typed, sizeOf(shape), where);
  if (numbers.length !== sizeOf(shape)) {
    fail("weights", { where, expected: `${sizeOf(shape)} numbers`, found: `${numbers.length}` });
  }
  return (type === "float32" ? Float32Array : Float64Array).from(numbers.slice(0, count));
}

/** A tensor whose numbers lie in another file, as one that has them: a `TensorProto`. */
export async function tensorPiece(ranges: ByteRanges, { name, type, shape, data }: OnnxFileTensor) {
  if (!("external" in data))
    return fail("weights", { where: name, expected: "numbers in another file", found: "none" });
  const bytes = await withRanges(fileBeside(ranges, data.external), ({ read }) =>
    read(data.external.offset, tensorBytes(type, sizeOf(shape)) ?? 0),
  );
  const tensor = new MessagePieces();
  for (const size of shape) tensor.varint(1, size);
  return tensor.varint(2, typeNumber(type)).text(8, name).bytes(9, bytes);
}

const fileBeside = ({ file }: ByteRanges, { location }: ExternalData): string =>
  join(dirname(file), ...location.split(/[\\/]/));

function decode(
  bytes: Uint8Array,
  type: string,
  count: number,
  reader: (view: DataView, at: number) => number,
): Numbers {
  // Machines that Node runs on have ONNX's order of bytes.
  if (type === "float32") return new Float32Array(bytes.buffer, bytes.byteOffset, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const width = bytes.length / Math.max(count, 1);
  return Float64Array.from({ length: count }, (_, i) => reader(view, i * width));
}

/** Numbers of a list: floats of four bytes, whole numbers of any length. */
async function typedNumbers(
  ranges: ByteRanges,
  type: string,
  pieces: readonly (Extent | TypedNumber)[],
  most: number,
  where: string,
): Promise<number[]> {
  const numbers: number[] = [];
  for (const piece of pieces) {
    if ("value" in piece) {
      numbers.push(type === "float32" ? floatOf(piece.value) : Number(piece.value));
      continue;
    }
    // A whole number takes at most ten bytes.
    if (piece.length > 10 * most) fail("weights", { where, expected: `${most} numbers`, found: "more" });
    const bytes = await ranges.read(piece.offset, piece.length);
    if (type === "float32") for (const value of decodeFloats(bytes, where)) numbers.push(value);
    else {
      const packed = packedVarints(bytes);
      if (!packed) return fail("weights", { where, expected: "whole numbers", found: "part of one" });
      for (const value of packed) numbers.push(Number(value));
    }
  }
  return numbers;
}

function decodeFloats(bytes: Uint8Array, where: string): Float32Array {
  if (bytes.length % 4 !== 0)
    fail("weights", { where, expected: "numbers of 4 bytes", found: `${bytes.length} bytes` });
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function floatOf(bits: bigint): number {
  wordView.setUint32(0, Number(BigInt.asUintN(32, bits)));
  return wordView.getFloat32(0);
}
