import { fail } from "../../../core/index.ts";
import type { Value } from "../../../formats/parquet/index.ts";
import type { LabelColumn } from "./choose-columns.ts";

/** More bytes are no label. */
const MAX_BYTES = 1000;

/**
 * A label as text: the class's name where the column has names, else the number or the text itself. Undefined: none, which
 * Hugging Face writes as null or -1.
 * @throws MaskconError `data` naming the row
 */
export function labelText(value: Value | undefined, { leaf, names }: LabelColumn, where: string): string | undefined {
  if (value === undefined) return undefined;
  const wrong = (found: string): never => fail("data", { where, expected: `a label in column ${leaf.path}`, found });
  if (value instanceof Uint8Array) {
    if (value.length > MAX_BYTES) return wrong(`${value.length} bytes`);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(value) || undefined;
    } catch {
      return wrong("bytes that are no text in UTF-8");
    }
  }
  const number = Number(value);
  if (number === -1) return undefined;
  // Past 2^53, numbers that differ as 64-bit integers are one as `number`.
  if (!names) return String(value);
  return names[number] ?? wrong(`${number}, where the file names ${names.length} classes`);
}
