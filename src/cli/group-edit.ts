import { type Collection, type CollectionEdit, listIds } from "../collection/index.ts";
import { didYouMean, fail, firstFew } from "../core/index.ts";
import { partsAlongTree } from "../curate/index.ts";
import { toCount } from "./config-options.ts";

export interface EditFlags {
  readonly ids?: string | readonly string[];
  readonly group?: string;
  readonly groups?: string;
  readonly name?: string;
  readonly into?: string;
  readonly coarse?: string;
  readonly fine?: string;
  readonly kind?: string;
}

const groupActions = ["name", "merge", "split", "assign"] as const;

export const isGroupAction = (action: string): action is (typeof groupActions)[number] =>
  (groupActions as readonly string[]).includes(action);

const MOST_GROUPS = 2 ** 31 - 2;

/** An action on groups from the flags of its command. */
export async function groupEdit(
  action: (typeof groupActions)[number],
  { group, groups, ids, name, into }: EditFlags,
  collection: Collection,
): Promise<CollectionEdit> {
  if (action === "merge") {
    const list = groupsOf(groups!, collection);
    if (list.length < 2) fail("usage", { where: "--groups", expected: "two groups or more", found: groups! });
    return { action, groups: list, ...(name !== undefined && { name: name || null }) };
  }
  if (action === "assign") {
    const own = { action, ids: idsOf(ids as string, collection) };
    if (group === "new") return { ...own, group, ...(name && { name }) };
    if (name) fail("usage", { where: "--name", expected: "--group new with it", found: `--group ${group}` });
    return { ...own, group: group === "none" ? null : groupOf("--group", group!, collection) };
  }
  const id = groupOf("--group", group!, collection);
  if (action === "name") {
    if (name === undefined) fail("usage", { where: "--name", expected: "a name, or an empty one", found: "none" });
    return { action, group: id, name: name || null };
  }
  if ((into === undefined) === (ids === undefined)) {
    const found = into === undefined ? "none" : "both";
    fail("usage", { where: "--into, --ids", expected: "one of them: how to split", found });
  }
  const parts =
    into === undefined
      ? (ids as readonly string[]).map((text) => idsOf(text, collection))
      : await partsAlongTree(collection, id, partCount(into));
  return { action, group: id, parts };
}

/** More parts nobody looks at. */
const MOST_PARTS = 100;

function partCount(text: string): number {
  const count = toCount("--into", text);
  if (count <= MOST_PARTS) return count;
  return fail("usage", { where: "--into", expected: `at most ${MOST_PARTS} parts`, found: text });
}

/** Ids as in `1-5,9`, or names, or both. */
function groupsOf(text: string, collection: Collection): number[] {
  const ids = text.replaceAll(" ", "");
  if (/^[\d,-]+$/.test(ids)) return listIds(ids, MOST_GROUPS, "--groups", "usage");
  return text.split(",").map((part) => groupOf("--groups", part.trim(), collection));
}

/** The id of a group that is given by its id or its name. */
function groupOf(flag: string, text: string, { rows }: Collection): number {
  if (/^\d+$/.test(text)) return toCount(flag, text);
  const { list } = rows.groups;
  const found = list.filter(({ name }) => name === text);
  if (found.length === 1) return found[0]!.id;
  if (found.length > 1) {
    const those = firstFew(found.map(({ id, coarse }) => `${id} in ${coarse ?? "no class"}`));
    fail("usage", {
      where: flag,
      expected: "the id of a group",
      found: `${JSON.stringify(text)}, the name of ${those}`,
    });
  }
  const names = list.flatMap(({ name }) => name ?? []);
  const fix = didYouMean(text, names) ?? "`maskcon collection show` lists both";
  return fail("usage", { where: flag, expected: "the id or the name of a group", found: JSON.stringify(text), fix });
}

/** @throws MaskconError "usage" where they are none, or no ids */
export function idsOf(text: string, { record }: Collection): number[] {
  const ids = listIds(text, record.nextId, "--ids", "usage");
  if (ids.length === 0) fail("usage", { where: "--ids", expected: "ids, as in 1-5,9", found: "none" });
  return ids;
}
