import { fail } from "../../core/index.ts";
import type { ByteRanges } from "../byte-ranges.ts";
import { chunkOf } from "./chunk.ts";
import { columnType } from "./column-type.ts";
import type { Footer, Leaf } from "./footer.ts";
import { columnValues } from "./read-column.ts";

/** A column of int32 or float32 numbers. */
export interface NumberColumn {
  readonly name: string;
  readonly type: "INT32" | "FLOAT";
  readonly nullable: boolean;
}

/**
 * The numbers of a column, [rows] by its type; null is -1 or NaN.
 * @throws MaskconError "data" where it is missing, of another type, damaged, or has nulls that it may not have
 */
export async function numbersOfColumn(
  ranges: ByteRanges,
  footer: Footer,
  { name, type, nullable }: NumberColumn,
): Promise<Int32Array | Float32Array> {
  const leaf = footer.leaves.find(({ path }) => path === name);
  const where = `${ranges.file}, column ${name}`;
  if (!leaf || !isOf(leaf, type)) {
    return fail("data", { where, expected: `a column of ${type}`, found: leaf ? "another one" : "none" });
  }
  const [numbers, none] = type === "INT32" ? [new Int32Array(footer.rows), -1] : [new Float32Array(footer.rows), NaN];
  let row = 0;
  for (const group of footer.metadata.row_groups.keys()) {
    for await (const { values } of columnValues(ranges, chunkOf(ranges.file, footer, group, leaf))) {
      for (const value of values) {
        if (value === undefined && !nullable) {
          fail("data", { where, expected: "a value in every row", found: `none in row ${row}` });
        }
        numbers[row++] = value === undefined ? none : Number(value);
      }
    }
  }
  return numbers;
}

const isOf = ({ repeated, element }: Leaf, type: NumberColumn["type"]): boolean =>
  !repeated && element.type === type && (type === "FLOAT" || columnType(element).kind === "whole");
