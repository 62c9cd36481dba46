import { createHash } from "node:crypto";
import { fail, parseJson } from "../core/index.ts";

/** What an action of the journal holds beside its number and time. */
export type JournalValues = Readonly<Record<string, unknown>> & { readonly action: string };

/** A line of the journal, as it was written. */
export interface JournalEntry {
  /** Counted from 1. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly values: JournalValues;
}

/** The journal so far. */
export interface JournalEnd {
  /** Of the last entry; 0 without one. */
  readonly n: number;
  /** Its checksum, which goes into the next one's: a line that is taken out or moved is found. */
  readonly sum: string;
  /** Bytes of whole lines. What follows was never acknowledged. */
  readonly bytes: number;
}

/** A journal as it was read. */
export interface ReadJournal {
  readonly entries: readonly JournalEntry[];
  readonly end: JournalEnd;
  /** Bytes of the file, with what follows its last whole line. */
  readonly size: number;
}

export const journalStart: JournalEnd = { n: 0, sum: "", bytes: 0 };

const NEWLINE = 0x0a;
const SUM_CHARACTERS = 16;
const tailOf = (sum: string) => `,"sum":"${sum}"}`;

const sumOf = (before: string, body: string): string =>
  createHash("sha256").update(before).update(body).digest("hex").slice(0, SUM_CHARACTERS);

/** The line of an action after `end`, with its newline. */
export function journalLine(end: JournalEnd, { n, time, values }: JournalEntry): { line: Buffer; end: JournalEnd } {
  const body = JSON.stringify({ n, time, ...values });
  const sum = sumOf(end.sum, body);
  const line = Buffer.from(`${body.slice(0, -1)}${tailOf(sum)}\n`);
  return { line, end: { n, sum, bytes: end.bytes + line.length } };
}

/**
 * Reads the lines of a journal. A last line without its end is left out: its action was never acknowledged.
 * @throws MaskconError "data" where a whole line is damaged, missing or not in its place
 */
export function parseJournal(bytes: Buffer, file: string): ReadJournal {
  const entries: JournalEntry[] = [];
  let end = journalStart;
  for (let at = 0, next = bytes.indexOf(NEWLINE); next >= 0; at = next + 1, next = bytes.indexOf(NEWLINE, at)) {
    const text = bytes.toString("utf8", at, next);
    const body = `${text.slice(0, -tailOf("").length - SUM_CHARACTERS)}}`;
    const sum = sumOf(end.sum, body);
    if (!text.endsWith(tailOf(sum))) damaged(file, end.n + 1);
    const { n, time, ...values } = parseJson(body, `${file}, line ${end.n + 1}`) as JournalValues & JournalEntry;
    if (n !== end.n + 1 || typeof time !== "string" || typeof values.action !== "string") damaged(file, end.n + 1);
    entries.push({ n, time, values });
    end = { n, sum, bytes: next + 1 };
  }
  return { entries, end, size: bytes.length };
}

function damaged(file: string, line: number): never {
  return fail("data", {
    where: `${file}, line ${line}`,
    expected: "a line with its own checksum, after the one before it",
    found: "a damaged line, or one in another's place",
    fix: `put a copy of the file back; else keep its first ${line - 1} lines: later actions are then lost`,
  });
}
