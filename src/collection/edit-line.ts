import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "../core/index.ts";
import type { CollectionEdit, ProposeEdit, RelabelEdit, SplitEdit } from "./actions/edits.ts";
import type { RelabelValues } from "./actions/relabel.ts";
import { checkProposal } from "./groups/proposal.ts";
import { type ProposalFiles, writeProposal } from "./groups/proposal-file.ts";
import { formatIds } from "./id-ranges.ts";
import type { JournalValues } from "./journal-lines.ts";
import type { OpenedCollection } from "./open.ts";
import { recordFile } from "./record.ts";
import { positionOf } from "./rows.ts";

/**
 * An action as a line of the journal has it, but for the groups that it makes: ids as text, a proposal by its files, which
 * are on disk when this returns.
 * @throws MaskconError "usage" where an id is that of no row, "data" where a proposal contradicts itself, "disk"
 */
export async function lineOfEdit(
  edit: CollectionEdit,
  collection: OpenedCollection,
): Promise<{ readonly values: JournalValues; readonly files?: ProposalFiles }> {
  if (edit.action === "propose") return writeOwn(edit, collection);
  if (edit.action === "split" && Array.isArray(edit.parts)) return { values: lineOfSplit(edit, collection) };
  if (!("ids" in edit)) return { values: { ...edit } };
  checkIds(edit.ids, collection);
  const whole =
    edit.action === "relabel" ? { groups: undefined, along: undefined, ...wholeGroups(edit, collection) } : undefined;
  return { values: { ...edit, ids: formatIds(edit.ids), ...whole } };
}

/**
 * The groups that go into another class as a whole, because every live image of them does. A group lies in one class, so their
 * other images go along, but keep their fine class: nobody saw them. The line has all of them, so that it means the same
 * whichever images are live when it is read again.
 */
function wholeGroups(
  { ids, coarse }: RelabelEdit,
  { rows }: OpenedCollection,
): Pick<RelabelValues, "groups" | "along"> | undefined {
  if (coarse === undefined) return undefined;
  const { of, list } = rows.groups;
  const moved = new Set(Array.from(ids, (id) => positionOf(rows.ids, id)));
  const touched = new Set([...moved].map((row) => (rows.status[row] === 0 ? of[row]! : 0)));
  for (let row = 0; row < of.length; row++) if (rows.status[row] === 0 && !moved.has(row)) touched.delete(of[row]!);
  const groups = list.filter((group) => touched.has(group.id) && group.coarse !== coarse).map(({ id }) => id);
  if (groups.length === 0) return undefined;
  const whole = new Set(groups);
  const along = rows.ids.filter((_, row) => !moved.has(row) && whole.has(of[row]!));
  return { groups, ...(along.length > 0 && { along: formatIds(along) }) };
}

function lineOfSplit({ action, group, parts }: SplitEdit, collection: OpenedCollection): JournalValues {
  const { ids, groups, status } = collection.rows;
  const listed = new Set<number>();
  for (const part of parts) {
    checkIds(part, collection);
    for (let i = 0; i < part.length; i++) listed.add(part[i]!);
  }
  let rest = false;
  for (let row = 0; row < ids.length && !rest; row++) {
    rest = groups.of[row] === group && status[row] === 0 && !listed.has(ids[row]!);
  }
  return { action, group, parts: parts.map((part) => formatIds(part)), rest };
}

/** Files that no line of the journal names were left by a writer that was killed; their number is not taken again. */
async function writeOwn({ proposal, replaceNamed }: ProposeEdit, { folder, record }: OpenedCollection) {
  checkProposal(proposal, record.nextId, "proposal");
  const names = await readdir(join(folder, "groups")).catch(() => []);
  const numberOf = (name: string) => Number(/^(\d{6,9})\.json$/.exec(name)?.[1] ?? 0);
  const last = names.reduce((most, name) => Math.max(most, numberOf(name)), 0);
  const files = await writeProposal(folder, String(last + 1).padStart(6, "0"), proposal);
  return { values: { action: "propose", ...files, ...(replaceNamed && { replaceNamed }) }, files };
}

function checkIds(ids: ArrayLike<number>, { folder, rows }: OpenedCollection): void {
  const where = recordFile(folder);
  if (ids.length === 0) fail("usage", { where, expected: "ids of images", found: "none" });
  for (let i = 0; i < ids.length; i++) {
    if (positionOf(rows.ids, ids[i]!) < 0) {
      fail("usage", { where, expected: "ids of its rows", found: String(ids[i]) });
    }
  }
}
