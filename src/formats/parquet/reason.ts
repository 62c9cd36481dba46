import { MaskconError, messageOf } from "../../core/index.ts";
import { OutOfBytes } from "./thrift-walk.ts";

/** A number of the format, or the word that it stands for, as text: damage leaves numbers that are none, or stand for nothing. */
export function worded(value: unknown): string {
  const known = ["number", "bigint", "string"].includes(typeof value) && !Number.isNaN(value);
  return known ? String(value) : "a number that is not known";
}

/** What is wrong with bytes of a file, in words: errors of the language itself say nothing to a reader. */
export function reasonOf(error: unknown): string {
  if (error instanceof MaskconError) throw error;
  const own = error instanceof Error && (error.constructor === Error || error instanceof OutOfBytes);
  return own ? `damage (${messageOf(error)})` : "damage";
}
