const BEYOND_ASCII = /[\u0080-\uffff]/;
/** No script has so many on one letter, and to put thousands in order takes minutes (UAX #15 calls the rest "stream-safe"). */
const MARKS = /\p{M}{31}/u;

/** Whether a name may be written in several ways: ASCII has one. */
export const hasOtherForms = (name: string): boolean => BEYOND_ASCII.test(name);

/**
 * A name as it is compared and shown: in Unicode's composed form (NFC). A file system or an editor may write "é" as one
 * character or as an e and its accent, and both are the same name. A path is opened by the text that it has, never by this.
 */
export function canonicalName(name: string): string {
  return hasOtherForms(name) && !MARKS.test(name) ? name.normalize("NFC") : name;
}
