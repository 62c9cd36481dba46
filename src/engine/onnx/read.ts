import { fail } from "../../core/index.ts";
import {
  dataTypes,
  type OnnxAttribute,
  type OnnxDType,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from "./model.ts";

/** One decoded field: a number for varints and floats, bytes for length-delimited ones. */
type Field = { readonly number: number; readonly value: number | Uint8Array; readonly offset: number };

/**
 * Parses the subset of ModelProto that `writeModel` writes. Tensor bytes are views of `bytes`.
 * @throws MaskconError "engine" where something is truncated, oversized or of another kind, with its offset.
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const values: OnnxValue[] = [];
  const opsets: Record<string, number> = Object.create(null);
  const metadata: Record<string, string> = Object.create(null);
  const top = fields(bytes);
  for (const field of top) {
    if (field.number === 7) {
      for (const part of fields(message(field))) {
        if (part.number === 1) nodes.push(readNode(message(part)));
        else if (part.number === 5) initializers.push(readTensor(message(part)));
        else if (part.number === 11) inputs.push(readValue(message(part)));
        else if (part.number === 12) outputs.push(readValue(message(part)));
        else if (part.number === 13) values.push(readValue(message(part)));
      }
    } else if (field.number === 8) {
      const opset = fields(message(field));
      opsets[text(opset, 1)] = integer(opset, 2);
    } else if (field.number === 14) {
      const entry = fields(message(field));
      metadata[text(entry, 1)] = text(entry, 2);
    }
  }
  const [producerVersion, doc] = [text(top, 3), text(top, 6)];
  return { nodes, initializers, inputs, outputs, opsets, metadata, values, producerVersion, doc };
}

function readNode(bytes: Uint8Array): OnnxNode {
  const parts = fields(bytes);
  const attributes: Record<string, OnnxAttribute> = Object.create(null);
  for (const part of parts.filter((p) => p.number === 5)) {
    const attribute = fields(message(part));
    attributes[text(attribute, 1)] = readAttribute(attribute);
  }
  return {
    op: text(parts, 4),
    domain: text(parts, 7),
    name: text(parts, 3),
    inputs: strings(parts, 1),
    outputs: strings(parts, 2),
    attributes,
  };
}

function readAttribute(parts: readonly Field[]): OnnxAttribute {
  const type = integer(parts, 20);
  if (type === 1) return { float: integer(parts, 2) };
  if (type === 2) return { int: integer(parts, 3) };
  if (type === 3) return { string: text(parts, 4) };
  if (type === 6) return { floats: numbers(parts, 7) };
  if (type === 7) return { ints: numbers(parts, 8) };
  return broken("an attribute of type float, int, string, floats or ints", `type ${type}`);
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  const parts = fields(bytes);
  const raw = parts.find((p) => p.number === 9);
  return {
    name: text(parts, 8),
    dtype: dtypeOf(integer(parts, 2)),
    shape: numbers(parts, 1),
    bytes: raw ? message(raw) : new Uint8Array(0),
  };
}

function readValue(bytes: Uint8Array): OnnxValue {
  const parts = fields(bytes);
  const child = (of: readonly Field[], number: number) => {
    const found = of.find((p) => p.number === number);
    return found ? fields(message(found)) : [];
  };
  const tensorType = child(child(parts, 2), 1);
  const dims = child(tensorType, 2).map((dim) => fields(message(dim)));
  return {
    name: text(parts, 1),
    dtype: dtypeOf(integer(tensorType, 1)),
    shape: dims.map((dim) => (dim.some((p) => p.number === 2) ? text(dim, 2) : integer(dim, 1))),
  };
}

function dtypeOf(type: number): OnnxDType {
  const found = Object.entries(dataTypes).find(([, n]) => n === type);
  return found ? (found[0] as OnnxDType) : broken("tensors of float32, int32, int64 or bool", `data type ${type}`);
}

const utf8 = new TextDecoder();

const message = (field: Field): Uint8Array =>
  typeof field.value === "number" ? broken("a message", "a number", field.offset) : field.value;

const strings = (parts: readonly Field[], number: number): string[] =>
  parts.filter((p) => p.number === number).map((p) => utf8.decode(message(p)));

const text = (parts: readonly Field[], number: number): string => strings(parts, number)[0] ?? "";

const numbers = (parts: readonly Field[], number: number): number[] =>
  parts
    .filter((p) => p.number === number)
    .map((p) => (typeof p.value === "number" ? p.value : broken("a number", "bytes", p.offset)));

const integer = (parts: readonly Field[], number: number): number => numbers(parts, number)[0] ?? 0;

function fields(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) return broken("more bytes", "the end of the file", at);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    return broken("a varint of at most ten bytes", "a longer one", at);
  };
  while (at < bytes.length) {
    const offset = bytes.byteOffset + at;
    const key = varint();
    const number = Math.floor(key / 8);
    const wireType = key % 8;
    if (wireType === 0) result.push({ number, value: varint(), offset });
    else if (wireType === 2) {
      const length = varint();
      if (length < 0 || at + length > bytes.length)
        broken(`${bytes.length - at} bytes at most`, `a length of ${length}`, offset);
      result.push({ number, value: bytes.subarray(at, at + length), offset });
      at += length;
    } else if (wireType === 5 && at + 4 <= bytes.length) {
      result.push({ number, value: view.getFloat32(at, true), offset });
      at += 4;
    } else broken("a varint, bytes or float field", `wire type ${wireType}`, offset);
  }
  return result;
}

function broken(expected: string, found: string, offset?: number): never {
  fail("engine", { where: "ONNX model", expected, found: offset === undefined ? found : `${found} at byte ${offset}` });
}
