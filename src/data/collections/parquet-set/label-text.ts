import { fail } from "../../../core/index.ts";
import { columnType, type ParquetValue, typeName, wholeNumber } from "../../../formats/parquet/index.ts";
import { isNoLabel, MAX_LABEL } from "../labelled.ts";
import type { LabelColumn } from "./choose-columns.ts";

/**
 * A label as text: the class's name where the column has names, else the number or the text itself. Undefined: none, which
 * Hugging Face writes as null or -1.
 * @throws MaskconError "data" where it is no label, with row, column and type
 */
export function labelText(value: ParquetValue | undefined, column: LabelColumn, where: string): string | undefined {
  if (value === undefined) return undefined;
  const { leaf, names } = column;
  const wrong = (found: string, fix?: string): never => {
    const expected = `a label in column ${leaf.path} of type ${typeName(leaf.element)}`;
    return fail("data", { where, expected, found, ...(fix === undefined ? {} : { fix }) });
  };
  if (value instanceof Uint8Array) {
    const text = value.length > MAX_LABEL ? wrong(`${value.length} bytes`) : textOf(value);
    const known = text ?? wrong("bytes that are no text in UTF-8");
    return known.trim() === "" || isNoLabel(known) ? undefined : known;
  }
  const type = columnType(leaf.element);
  if (type.kind !== "whole" || typeof value === "boolean") return wrong(String(value));
  const number = wholeNumber(value, type.bits, type.signed) ?? wrong(`${value}, which does not fit that type`);
  if (number === -1n) return undefined;
  if (!names) return String(number);
  const name = number < names.length ? names[Number(number)] : undefined;
  if (name === undefined) return wrong(`${number}, where the file names ${names.length} classes`);
  if (name.trim() !== "") return name;
  return wrong(`${number}, which the ClassLabel gives an empty name`, "give the class a name, or leave its rows out");
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
