import { type Collection, type CollectionEdit, listIds } from "../collection/index.ts";
import { fail } from "../core/index.ts";
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
    const list = listIds(groups!, MOST_GROUPS, "--groups", "usage");
    return { action, groups: list, ...(name !== undefined && { name: name || null }) };
  }
  if (action === "assign") {
    const own = { action, ids: idsOf(ids as string, collection) };
    if (group === "new") return { ...own, group, ...(name && { name }) };
    if (name) fail("usage", { where: "--name", expected: "--group new with it", found: `--group ${group}` });
    return { ...own, group: group === "none" ? null : toCount("--group", group!) };
  }
  const id = toCount("--group", group!);
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
      : await partsAlongTree(collection, id, toCount("--into", into));
  return { action, group: id, parts };
}

/** @throws MaskconError "usage" where they are none, or no ids */
export function idsOf(text: string, { record }: Collection): number[] {
  const ids = listIds(text, record.nextId, "--ids", "usage");
  if (ids.length === 0) fail("usage", { where: "--ids", expected: "ids, as in 1-5,9", found: "none" });
  return ids;
}
