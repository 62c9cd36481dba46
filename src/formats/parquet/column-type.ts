import type { SchemaElement } from "./hyparquet.ts";

/**
 * What the values of a column stand for, as far as it is read. `whole`: integers of `bits` bits, which Parquet stores in 32
 * or 64 whatever their width and sign; `other`: dates, times, decimals, fractions, and all else.
 */
export type ColumnType =
  | { readonly kind: "text" }
  | { readonly kind: "bytes" }
  | { readonly kind: "whole"; readonly bits: number; readonly signed: boolean }
  | { readonly kind: "other" };

/** Of a later version of the format, or damaged. */
const UNKNOWN = "a logical type that is not known";

const other: ColumnType = { kind: "other" };

/** @see https://github.com/apache/parquet-format/blob/master/LogicalTypes.md */
export function columnType(element: SchemaElement): ColumnType {
  const bits = { INT32: 32, INT64: 64 }[element.type as string];
  if (bits !== undefined) return wholeType(element, bits);
  if (element.type !== "BYTE_ARRAY") return other;
  const annotation = annotationOf(element);
  if (annotation === undefined) return { kind: "bytes" };
  return ["STRING", "UTF8", "ENUM"].includes(annotation) ? { kind: "text" } : other;
}

function wholeType({ logical_type: logical, converted_type: converted }: SchemaElement, stored: number): ColumnType {
  if (logical?.type === "INTEGER") {
    const { bitWidth: bits, isSigned: signed } = logical;
    return isWidth(bits, stored) && typeof signed === "boolean" ? { kind: "whole", bits, signed } : other;
  }
  if (logical !== undefined) return other;
  if (converted === undefined) return { kind: "whole", bits: stored, signed: true };
  const [, sign, width] = /^(U?)INT_(\d+)$/.exec(converted) ?? [];
  return isWidth(Number(width), stored) ? { kind: "whole", bits: Number(width), signed: sign === "" } : other;
}

const isWidth = (bits: number, stored: number) => [8, 16, 32, 64].includes(bits) && bits <= stored;

/** The stored type with what it stands for: `INT32 (UINT_8)`. */
export function typeName(element: SchemaElement): string {
  const { type = "an unknown type" } = element;
  const annotation = annotationOf(element);
  return annotation === undefined ? type : `${type} (${annotation})`;
}

/** The newer of the two ways goes before the older. */
function annotationOf({ logical_type: logical, converted_type: converted }: SchemaElement): string | undefined {
  if (logical === undefined) return converted;
  if (logical.type !== "INTEGER") return logical.type ?? UNKNOWN;
  const { bitWidth, isSigned } = logical;
  return typeof bitWidth === "number" && typeof isSigned === "boolean"
    ? `${isSigned ? "" : "U"}INT_${bitWidth}`
    : UNKNOWN;
}

/**
 * An integer as it was written: unsigned ones come from the file as signed ones of the same bits. Undefined where it does not
 * fit the column's type.
 */
export function wholeNumber(stored: number | bigint, bits: number, signed: boolean): bigint | undefined {
  const width = typeof stored === "bigint" ? 64 : 32;
  const value = signed ? BigInt(stored) : BigInt.asUintN(width, BigInt(stored));
  const fits = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return fits === value ? value : undefined;
}
