import { deflateSync } from "node:zlib";

/** A MATLAB value: a number or text, a row of cells, or a row of structs with the same fields. */
export type Mat = number | string | readonly Mat[] | { readonly structs: readonly Record<string, Mat>[] };

export interface MatOptions {
  readonly bigEndian?: boolean;
  readonly compress?: boolean;
}

/** Writes variables as a MATLAB 5 file. */
export function matFile(
  variables: Record<string, Mat>,
  { bigEndian = false, compress = false }: MatOptions = {},
): Buffer {
  const write = writer(bigEndian);
  const arrays = Object.entries(variables).map(([name, value]) => write.array(name, value));
  const parts = compress ? arrays.map((array) => write.element(15, deflateSync(array))) : arrays;
  return Buffer.concat([matHeader(bigEndian), ...parts]);
}

export function matHeader(bigEndian = false): Buffer {
  const header = Buffer.alloc(128, " ");
  header.write("MATLAB 5.0 MAT-file");
  header.write(bigEndian ? "\x01\x00MI" : "\x00\x01IM", 124, "latin1");
  return header;
}

/** The pieces of a file, to build wrong ones of. */
export function writer(bigEndian = false) {
  const uint = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  };
  const uints = (...values: number[]) => Buffer.concat(values.map(uint));
  /** Compressed elements (15) are not padded; up to 4 bytes go into a small element. */
  const element = (type: number, bytes: Uint8Array): Buffer => {
    if (bytes.length > 0 && bytes.length <= 4) {
      return Buffer.concat([uint(bytes.length * 65536 + type), bytes, Buffer.alloc(4 - bytes.length)]);
    }
    const padding = type === 15 ? 0 : (8 - (bytes.length % 8)) % 8;
    return Buffer.concat([uint(type), uint(bytes.length), bytes, Buffer.alloc(padding)]);
  };
  const matrix = (kind: number, dims: readonly number[], name: string, ...content: Uint8Array[]): Buffer =>
    element(
      14,
      Buffer.concat([
        element(6, uints(kind, 0)),
        element(5, uints(...dims)),
        element(1, Buffer.from(name, "latin1")),
        ...content,
      ]),
    );
  const double = (value: number) => {
    const bytes = Buffer.alloc(8);
    if (bigEndian) bytes.writeDoubleBE(value);
    else bytes.writeDoubleLE(value);
    return bytes;
  };
  const number = (value: number) =>
    Number.isInteger(value) && value >= 0 && value < 256 ? element(2, Uint8Array.of(value)) : element(9, double(value));
  const text = (value: string) => {
    const units = Buffer.from(value, "utf16le");
    return element(17, bigEndian ? units.swap16() : units);
  };
  const array = (name: string, value: Mat): Buffer => {
    if (typeof value === "number") return matrix(6, [1, 1], name, number(value));
    if (typeof value === "string") return matrix(4, [1, value.length], name, text(value));
    if ("structs" in value) return structs(name, value.structs);
    return matrix(1, [1, value.length], name, ...value.map((item) => array("", item)));
  };
  const structs = (name: string, items: readonly Record<string, Mat>[]): Buffer => {
    const fields = Object.keys(items[0] ?? {});
    const names = Buffer.concat(fields.map((field) => Buffer.concat([Buffer.from(field), Buffer.alloc(32)], 32)));
    const values = items.flatMap((item) => fields.map((field) => array("", item[field]!)));
    return matrix(2, [1, items.length], name, element(5, uint(32)), element(1, names), ...values);
  };
  return { uint, uints, element, matrix, array };
}
