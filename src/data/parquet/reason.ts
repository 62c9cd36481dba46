import { MaskconError, messageOf } from "../../core/index.ts";
import { OutOfBytes } from "./thrift-walk.ts";

/** What is wrong with bytes of a file, in words: errors of the language itself say nothing to a reader. */
export function reasonOf(error: unknown): string {
  if (error instanceof MaskconError) throw error;
  const own = error instanceof Error && (error.constructor === Error || error instanceof OutOfBytes);
  return own ? `damage (${messageOf(error)})` : "damage";
}
