import { fail } from "../../../core/index.ts";
import type { ByteRanges } from "../../../formats/index.ts";
import { type Member, membersOf } from "../../../formats/tar/index.ts";

/** Members of one key: what stands before the first dot of the name, folders included. */
export interface Sample {
  readonly key: string;
  /** By what stands behind that dot, in lower case. */
  readonly parts: ReadonlyMap<string, Member>;
}

/** More parts than any sample has. */
const MAX_PARTS = 1000;

/**
 * The samples of a WebDataset shard: members with one key that follow each other. Members without an ending and hidden ones
 * are passed over.
 * @throws MaskconError `data` naming the byte of a damaged header, or of a part or a sample that comes twice
 */
export async function* samplesOf(ranges: ByteRanges): AsyncGenerator<Sample> {
  let key: string | undefined;
  const begun = new Map<string, number>();
  let parts = new Map<string, Member>();
  for await (const member of membersOf(ranges)) {
    const named = split(member.name);
    if (!named) continue;
    const where = `${ranges.file}, byte ${member.offset}`;
    if (named.key !== key) {
      if (key !== undefined) yield { key, parts };
      key = named.key;
      parts = new Map();
      checkOnce(where, key, begun);
      begun.set(key, member.offset);
    }
    if (parts.has(named.ending)) {
      const fix = "give every sample a name of its own";
      fail("data", { where, expected: "each part of a sample once", found: `${member.name} again`, fix });
    }
    if (parts.size === MAX_PARTS) fail("data", { where, expected: `at most ${MAX_PARTS} parts`, found: "more" });
    parts.set(named.ending, member);
  }
  if (key !== undefined) yield { key, parts };
}

function checkOnce(where: string, key: string, begun: ReadonlyMap<string, number>): void {
  const earlier = begun.get(key);
  if (earlier === undefined) return;
  const found = `sample ${key} again, after byte ${earlier}`;
  const fix = "give every sample a name of its own, and keep its parts together";
  fail("data", { where, expected: "each sample once, its parts after each other", found, fix });
}

function split(name: string): { key: string; ending: string } | undefined {
  const plain = name.replace(/^(\.\/)+/, "");
  const base = plain.slice(plain.lastIndexOf("/") + 1);
  const dot = base.indexOf(".");
  if (dot <= 0 || dot === base.length - 1) return undefined;
  const key = plain.slice(0, plain.length - base.length + dot);
  return { key, ending: base.slice(dot + 1).toLowerCase() };
}
