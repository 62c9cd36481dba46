import {
  type DType,
  fail,
  MaskconError,
  messageOf,
  type Shape,
  sizeOf,
  type TensorData,
  type Tensors,
} from "../../core/index.ts";
import { otherFormat } from "./other-formats.ts";
import { decodeTensor, type StoredType, storedBytes, storedTypes } from "./safetensors-types.ts";

/** One tensor of a safetensors file: where its bytes lie, counted from the start of the file. */
export interface StoredTensor {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly tensors: readonly StoredTensor[];
  readonly metadata: Record<string, string>;
}

/** A header beyond this is refused; the largest published models need less than one hundredth of it. */
export const MAX_HEADER_BYTES = 16 * 2 ** 20;
const MAX_TENSOR_BYTES = 4 * 2 ** 30;
const MAX_RANK = 8;
/** What the JSON of a header begins with. */
const BRACE = 0x7b;

/**
 * The length of the JSON header from the file's first bytes, checked against the size of the file. Files of other formats
 * are called by their name, as far as `start` reaches (`SIGNATURE_BYTES` are enough): none of them has a length that fits.
 */
export function headerLength(start: Uint8Array, fileBytes: number, where: string): number {
  if (start.byteLength < 8) refuse(where, "a safetensors file", `${fileBytes} bytes`);
  const view = new DataView(start.buffer, start.byteOffset, 8);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const limit = Math.min(MAX_HEADER_BYTES, fileBytes - 8);
  if (length >= 2 && length <= limit) return length;
  const other = otherFormat(start);
  if (other) fail("weights", { where, expected: "a safetensors file", found: other.what, fix: other.fix });
  if (length >= 2 && length <= MAX_HEADER_BYTES && (start.byteLength < 9 || start[8] === BRACE)) {
    refuseCut(where, `more than ${8 + length}`, fileBytes);
  }
  return refuse(where, `a header of 2 to ${limit} bytes`, `a header length of ${length}`);
}

function refuseCut(where: string, bytes: string, fileBytes: number): never {
  const found = `${fileBytes}: the file is cut off`;
  return fail("weights", {
    where,
    expected: `${bytes} bytes as the header says`,
    found,
    fix: "copy or download it again",
  });
}

/**
 * Checks the JSON header of a safetensors file of `fileBytes` bytes: known types, shapes that match their bytes, and
 * tensors that cover the rest of the file exactly, without gap or overlap.
 * Format: https://github.com/huggingface/safetensors
 * @throws MaskconError "weights" where something is wrong, with its name
 */
export function parseHeader(json: Uint8Array, fileBytes: number, where: string): SafetensorsHeader {
  const entries = Object.entries(parseObject(json, where));
  const metadata = parseMetadata(entries.find(([name]) => name === "__metadata__")?.[1], where);
  const base = 8 + json.byteLength;
  const tensors = entries
    .filter(([name]) => name !== "__metadata__")
    .map(([name, entry]) => parseEntry(name, entry, base, where))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = base;
  for (const tensor of tensors) {
    if (tensor.begin !== end) {
      refuse(
        `${where}: ${quote(tensor.name)}`,
        `data from byte ${end - base}`,
        `data from byte ${tensor.begin - base}`,
      );
    }
    end = tensor.end;
  }
  if (end > fileBytes) refuseCut(where, String(end), fileBytes);
  if (end !== fileBytes) refuse(where, `${end} bytes as the header says`, `${fileBytes} bytes`);
  return { tensors, metadata };
}

function parseObject(json: Uint8Array, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    refuse(where, "a safetensors header in JSON", clip(messageOf(error)));
  }
  if (!isObject(value)) refuse(where, "a safetensors header in JSON", "JSON that is not an object");
  return value;
}

function parseMetadata(value: unknown, where: string): Record<string, string> {
  if (value === undefined) return {};
  if (!isObject(value) || Object.values(value).some((text) => typeof text !== "string")) {
    refuse(where, "strings as __metadata__", "something else");
  }
  return value as Record<string, string>;
}

function parseEntry(name: string, entry: unknown, base: number, where: string): StoredTensor {
  const at = `${where}: ${quote(name)}`;
  if (name === "__proto__") refuse(where, "names of tensors", quote(name));
  if (!isObject(entry)) refuse(at, "an object with dtype, shape and data_offsets", "something else");
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!storedTypes.includes(dtype as StoredType)) {
    refuse(at, `dtype ${storedTypes.join(", ")}`, quote(String(typeof dtype === "string" ? dtype : typeof dtype)));
  }
  if (!isCounts(shape) || shape.length > MAX_RANK) refuse(at, `a shape of up to ${MAX_RANK} sizes`, clip(show(shape)));
  if (!isCounts(offsets) || offsets.length !== 2) refuse(at, "two data_offsets", clip(show(offsets)));
  const type = dtype as StoredType;
  const [begin, end] = offsets as [number, number];
  const bytes = sizeOf(shape) * storedBytes(type);
  if (!(bytes <= MAX_TENSOR_BYTES)) refuse(at, `at most ${MAX_TENSOR_BYTES} bytes`, `shape ${clip(show(shape))}`);
  if (end - begin !== bytes) refuse(at, `${bytes} bytes for ${type} ${show(shape)}`, `data_offsets ${show(offsets)}`);
  return { name, type, shape, begin: base + begin, end: base + end };
}

/**
 * Reads a whole safetensors file that is already in memory. The tensors are aligned copies.
 * @throws MaskconError "weights" where it is torn or hostile
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  where = "safetensors",
): { tensors: Tensors; metadata: Record<string, string> } {
  const length = headerLength(bytes, bytes.byteLength, where);
  const header = parseHeader(bytes.subarray(8, 8 + length), bytes.byteLength, where);
  const tensors: Tensors = {};
  for (const { name, type, shape, begin, end } of header.tensors) {
    tensors[name] = decodeTensor(type, shape, new Uint8Array(bytes.subarray(begin, end)), `${where}: ${quote(name)}`);
  }
  return { tensors, metadata: header.metadata };
}

const written: Record<DType, StoredType> = { float32: "F32", int32: "I32", bool: "BOOL" };

/**
 * The bytes of a safetensors file, as a list of chunks that share the tensors' memory (nothing is copied): float32 as
 * F32, int32 as I32, bool as BOOL, sorted by name with bool last so that everything is aligned. Bit-exact.
 */
export function encodeSafetensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  const sorted = sortedTensors(tensors);
  const header: Record<string, unknown> = Object.keys(metadata).length > 0 ? { __metadata__: metadata } : {};
  let end = 0;
  for (const [name, { dtype, shape, data }] of sorted) {
    if (name === "__metadata__" || name === "__proto__") {
      fail("weights", { expected: "a name for a tensor", found: quote(name) });
    }
    header[name] = { dtype: written[dtype], shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = JSON.stringify(header);
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.byteLength / 8) * 8;
  const start = new Uint8Array(8 + padded).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(padded), true);
  start.set(text, 8);
  return [start, ...sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))];
}

/** The order of tensors in a written file. */
export function sortedTensors(tensors: Tensors): [string, TensorData][] {
  return Object.entries(tensors).sort(
    ([a, x], [b, y]) => Number(x.dtype === "bool") - Number(y.dtype === "bool") || (a < b ? -1 : 1),
  );
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/** Numbers alone: anything nested could be too deep to write. */
const show = (value: unknown): string =>
  Array.isArray(value) && value.every((item) => typeof item === "number") ? JSON.stringify(value) : typeof value;
const clip = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text);
const quote = (text: string): string => JSON.stringify(clip(text));

function refuse(where: string, expected: string, found: string): never {
  throw new MaskconError("weights", { where, expected, found, fix: "give a safetensors file that is whole" });
}
