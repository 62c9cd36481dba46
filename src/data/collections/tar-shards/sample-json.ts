import { isInteger, isSafeNumber, LosslessNumber, parse, stringify } from "lossless-json";
import { canonicalName, fail, hasOtherForms, MaskconError, parseJson } from "../../../core/index.ts";
import { MAX_LABEL } from "../labelled.ts";

/** Whole numbers are bigints. A `LosslessNumber` keeps the digits of others that a `number` does not hold. */
export type SampleJson = Readonly<Record<string, unknown>>;

const BOM = 0xfeff;

/**
 * The object that a sample's JSON holds, with whole numbers as they are written: to `JSON.parse` 1800000000000000001 and
 * ...002 are one number.
 * @param where the member, for messages
 * @throws MaskconError "data" where it is no JSON object, or has a key twice with two values
 */
export function sampleJson(text: string, where: string): SampleJson {
  const value = exactly(text.charCodeAt(0) === BOM ? text.slice(1) : text, where);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as SampleJson;
  return fail("data", { where, expected: "a JSON object", found: text.slice(0, 60) });
}

function exactly(text: string, where: string): unknown {
  try {
    return parse(text, undefined, { parseNumber, onDuplicateKey: ({ key }) => refuseTwice(key, where) });
  } catch (error) {
    if (error instanceof MaskconError) throw error;
    // It knows the place of what is no JSON.
    parseJson(text, where);
    return fail("data", { where, expected: "JSON that is nested less deep", found: "more" }, error);
  }
}

function parseNumber(digits: string): number | bigint | LosslessNumber {
  if (isInteger(digits) && digits.length <= MAX_LABEL) return BigInt(digits);
  const number = Number.parseFloat(digits);
  return isExact(digits, number) ? number : new LosslessNumber(digits);
}

/** Whether text that reads as a whole number is that number: 0.99999999999999999 reads as 1. Other numbers are no labels. */
function isExact(digits: string, number: number): boolean {
  if (!Number.isInteger(number)) return Number.isFinite(number);
  return Number.isSafeInteger(number) && (digits.length <= 15 || isSafeNumber(digits));
}

function refuseTwice(key: string, where: string): never {
  const found = `"${key.slice(0, 60)}" twice, with two values`;
  return fail("data", { where, expected: "each key once", found });
}

/**
 * A label of the object as text; undefined where it has none.
 * @throws MaskconError "data" where it is neither text nor a whole number
 */
export function labelIn(json: SampleJson, key: string, where: string): string | undefined {
  const written = writtenAs(json, key);
  const value = written === undefined ? undefined : json[written];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && value.length <= MAX_LABEL) return value.trim() === "" ? undefined : value;
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  const inexact = value instanceof LosslessNumber;
  const found = inexact ? `${String(value).slice(0, 60)}, whose digits are lost` : stringify(value)!.slice(0, 60);
  return fail("data", { where, expected: `text or a whole number as "${key}"`, found });
}

/** The key as it stands in the object, perhaps in another form of Unicode. */
function writtenAs(json: SampleJson, key: string): string | undefined {
  if (Object.hasOwn(json, key)) return key;
  return hasOtherForms(key) ? Object.keys(json).find((name) => canonicalName(name) === canonicalName(key)) : undefined;
}
