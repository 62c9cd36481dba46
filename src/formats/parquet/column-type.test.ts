import { expect, test } from "vitest";
import { columnType, typeName, wholeNumber } from "./column-type.ts";
import type { SchemaElement } from "./hyparquet.ts";

const element = (type: string, rest: object = {}) => ({ name: "x", type, ...rest }) as SchemaElement;
const integer = (bitWidth: unknown, isSigned: unknown) => ({ logical_type: { type: "INTEGER", bitWidth, isSigned } });

test.each([
  [element("INT32"), "INT32", 32, true],
  [element("INT64"), "INT64", 64, true],
  [element("INT32", { converted_type: "INT_8" }), "INT32 (INT_8)", 8, true],
  [element("INT32", { converted_type: "UINT_8" }), "INT32 (UINT_8)", 8, false],
  [element("INT32", { converted_type: "UINT_32" }), "INT32 (UINT_32)", 32, false],
  [element("INT64", { converted_type: "UINT_64" }), "INT64 (UINT_64)", 64, false],
  [element("INT64", integer(16, false)), "INT64 (UINT_16)", 16, false],
  // The newer way goes before the older one.
  [element("INT32", { converted_type: "INT_32", ...integer(32, false) }), "INT32 (UINT_32)", 32, false],
])("%j holds whole numbers", (column, name, bits, signed) => {
  expect(columnType(column)).toEqual({ kind: "whole", bits, signed });
  expect(typeName(column)).toBe(name);
});

test.each([
  [element("INT32", { converted_type: "DATE" }), "INT32 (DATE)"],
  [element("INT32", { logical_type: { type: "DATE" } }), "INT32 (DATE)"],
  [element("INT32", { converted_type: "TIME_MILLIS" }), "INT32 (TIME_MILLIS)"],
  [element("INT64", { converted_type: "TIMESTAMP_MICROS" }), "INT64 (TIMESTAMP_MICROS)"],
  [element("INT64", { logical_type: { type: "TIMESTAMP", unit: "NANOS" } }), "INT64 (TIMESTAMP)"],
  [element("INT32", { converted_type: "DECIMAL", scale: 2, precision: 5 }), "INT32 (DECIMAL)"],
  [element("INT64", { logical_type: { type: "DECIMAL" } }), "INT64 (DECIMAL)"],
  [element("BYTE_ARRAY", { converted_type: "DECIMAL" }), "BYTE_ARRAY (DECIMAL)"],
  [element("BYTE_ARRAY", { converted_type: "JSON" }), "BYTE_ARRAY (JSON)"],
  [element("BYTE_ARRAY", { logical_type: { type: "BSON" } }), "BYTE_ARRAY (BSON)"],
  [element("INT32", { logical_type: { field_99: {} } }), "INT32 (a logical type that is not known)"],
  [element("INT32", { converted_type: "UINT_64" }), "INT32 (UINT_64)"],
  [element("INT32", integer(64, true)), "INT32 (INT_64)"],
  [element("INT32", integer(7, true)), "INT32 (INT_7)"],
  [element("INT32", integer(undefined, true)), "INT32 (a logical type that is not known)"],
  [element("FIXED_LEN_BYTE_ARRAY", { logical_type: { type: "FLOAT16" } }), "FIXED_LEN_BYTE_ARRAY (FLOAT16)"],
  [element("FIXED_LEN_BYTE_ARRAY", { logical_type: { type: "UUID" } }), "FIXED_LEN_BYTE_ARRAY (UUID)"],
  [element("DOUBLE"), "DOUBLE"],
  [element("FLOAT"), "FLOAT"],
  [element("BOOLEAN"), "BOOLEAN"],
  [element("INT96"), "INT96"],
])("%j is of another kind", (column, name) => {
  expect(columnType(column)).toEqual({ kind: "other" });
  expect(typeName(column)).toBe(name);
});

test.each([
  [element("BYTE_ARRAY", { converted_type: "UTF8" }), "text"],
  [element("BYTE_ARRAY", { logical_type: { type: "STRING" } }), "text"],
  [element("BYTE_ARRAY", { converted_type: "ENUM" }), "text"],
  [element("BYTE_ARRAY"), "bytes"],
])("%j holds %s", (column, kind) => {
  expect(columnType(column)).toEqual({ kind });
});

test.each<[stored: number | bigint, bits: number, signed: boolean, value: bigint | undefined]>([
  [-1294967296, 32, false, 3000000000n],
  [-1, 32, false, 4294967295n],
  [-1, 32, true, -1n],
  [-1n, 64, false, 2n ** 64n - 1n],
  [-1n, 64, true, -1n],
  [255, 8, false, 255n],
  [256, 8, false, undefined],
  [-1, 8, false, undefined],
  [-128, 8, true, -128n],
  [128, 8, true, undefined],
  [65535, 16, false, 65535n],
  [2n ** 53n + 1n, 64, true, 2n ** 53n + 1n],
])("%s in %i bits (signed: %s) is %s", (stored, bits, signed, value) => {
  expect(wholeNumber(stored, bits, signed)).toBe(value);
});
