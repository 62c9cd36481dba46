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
 * @throws MaskconError "data" where a header is damaged, a member is a link, or a part or a sample comes twice, with the byte
 */
export async function* samplesOf(ranges: ByteRanges): AsyncGenerator<Sample> {
  let key: string | undefined;
  const begun = new Map<string, number>();
  let parts = new Map<string, Member>();
  for await (const member of membersOf(ranges)) {
    const named = splitName(member.name);
    if (!named) continue;
    const where = `${ranges.file}, byte ${member.offset}`;
    if (member.isLink) {
      const fix = "pack it anew with tar --dereference --hard-dereference";
      fail("data", {
        where,
        expected: "the bytes of every part",
        found: `${member.name}, a link to another file`,
        fix,
      });
    }
    if (named.key !== key) {
      if (key !== undefined) yield { key, parts };
      key = named.key;
      parts = new Map();
      checkOnce(where, member.name, named, begun);
      begun.set(key, member.offset);
    }
    if (parts.has(named.ending)) {
      const fix = `give every sample a name of its own${dotsFix(member.name, named)}`;
      fail("data", { where, expected: "each part of a sample once", found: `${member.name} again`, fix });
    }
    if (parts.size === MAX_PARTS) {
      const found = `more, all of sample ${key}`;
      fail("data", { where, expected: `at most ${MAX_PARTS} parts in a sample`, found, fix: endingsFix(member.name) });
    }
    parts.set(named.ending, member);
  }
  if (key !== undefined) yield { key, parts };
}

interface Named {
  readonly key: string;
  readonly ending: string;
}

function checkOnce(where: string, name: string, named: Named, begun: ReadonlyMap<string, number>): void {
  const earlier = begun.get(named.key);
  if (earlier === undefined) return;
  const found = `sample ${named.key} again (${name}), after byte ${earlier}`;
  const sorted = "keep the parts of a sample together (tar --sort=name)";
  const fix = `give every sample a name of its own, and ${sorted}${dotsFix(name, named)}`;
  fail("data", { where, expected: "each sample once, its parts after each other", found, fix });
}

/** What to do about names with dots in them, of which the first ends the sample's name. */
export function endingsFix(name: string): string {
  const base = name.slice(name.lastIndexOf("/") + 1);
  const dot = base.lastIndexOf(".");
  const better = `${base.slice(0, dot).replaceAll(".", "_")}${base.slice(dot)}`;
  return `rename the members, since a sample's name ends at its first dot: ${base} to ${better}, and so on`;
}

/** The same where other causes are as likely: a part like `mask.png` has a dot too. */
const dotsFix = (name: string, { ending }: Named): string =>
  ending.includes(".") ? `; if the names have dots in them, ${endingsFix(name)}` : "";

/** The sample that a member belongs to, and what part of it it is; undefined for hidden ones and those without an ending. */
export function splitName(name: string): Named | undefined {
  const plain = name.replace(/^(\.\/)+/, "");
  const base = plain.slice(plain.lastIndexOf("/") + 1);
  const dot = base.indexOf(".");
  if (dot <= 0 || dot === base.length - 1) return undefined;
  const key = plain.slice(0, plain.length - base.length + dot);
  return { key, ending: base.slice(dot + 1).toLowerCase() };
}
