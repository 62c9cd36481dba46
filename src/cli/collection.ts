import {
  type Collection,
  type CollectionEdit,
  type CollectionEditor,
  checkCollection,
  editCollection,
  groupsMade,
  type JournalEntry,
  type KeptKind,
  listIds,
  liveRows,
  openCollection,
  type PastAction,
  rowStatuses,
} from "../collection/index.ts";
import { counted, fail, firstFew, groupBy, nounFor, printable } from "../core/index.ts";
import { toCount } from "./config-options.ts";
import { type EditFlags, groupEdit, idsOf, isGroupAction } from "./group-edit.ts";
import type { Terminal } from "./terminal.ts";

export async function showCommand(folder: string, { json }: { json?: boolean }, terminal: Terminal): Promise<void> {
  const collection = await openCollection(folder);
  const summary = summaryOf(collection);
  if (json) terminal.out(`${JSON.stringify(summary)}\n`);
  else terminal.out(textOf(summary));
}

function summaryOf({ folder, record, rows, undoable }: Collection) {
  const { encoder, sources } = record;
  const count = (status: string) => rows.status.reduce((sum, code) => sum + (rowStatuses[code] === status ? 1 : 0), 0);
  const live = liveRows(rows);
  const sizes = ({ names, numbers }: Collection["rows"]["coarse"]) =>
    [...groupBy(live, (row) => numbers[row]!)]
      .map(([number, list]) => ({ class: names[number] ?? null, images: list.length }))
      .sort((a, b) => b.images - a.images || (String(a.class) < String(b.class) ? -1 : 1));
  return {
    ...{
      folder,
      images: live.length,
      dropped: count("dropped"),
      replaced: count("replaced"),
      missing: count("missing"),
    },
    ...{ coarse: sizes(rows.coarse), fine: sizes(rows.fine), sources: sources.map(({ data }) => data) },
    groups: rows.groups.list.map(({ id, coarse, name, size }) => ({ id, coarse, name, images: size })),
    ungrouped: live.filter((row) => rows.groups.of[row] === 0).length,
    ...{ encoder: { ...encoder, model: encoder.model?.file }, lastAction: undoable ?? null },
  };
}

function textOf({ folder, encoder, ...summary }: ReturnType<typeof summaryOf>): string {
  const others = (["dropped", "replaced", "missing"] as const).map(
    (name) => summary[name] > 0 && `${summary[name]} ${name}`,
  );
  const classes = (of: typeof summary.coarse) =>
    firstFew(
      of.map(({ class: name, images }) => `${name ?? "(none)"} ${images}`),
      { most: 12 },
    );
  const lines = [
    [
      folder,
      `${counted(summary.images, "image")}${others.some(Boolean) ? ` (and ${others.filter(Boolean).join(", ")})` : ""}`,
    ],
    ["coarse", classes(summary.coarse)],
    ["fine", classes(summary.fine)],
    ...groupsLine(summary),
    ["from", firstFew(summary.sources)],
    [
      "encoder",
      `${encoder.choice}, step ${encoder.step}, ${encoder.method}, ${encoder.backbone}, ${encoder.imageSize} px`,
    ],
    ["vectors", `trained ${encoder.trained}, frozen ${encoder.frozen}`],
    ...(summary.lastAction ? [["last", `action ${summary.lastAction.n}: ${summary.lastAction.text}`]] : []),
  ];
  const width = Math.max(...lines.slice(1).map(([name]) => name!.length));
  return lines
    .map(([name, text], i) => `${printable(i === 0 ? `${name}:` : `  ${name!.padEnd(width)}`)} ${printable(text!)}\n`)
    .join("");
}

function groupsLine({ groups, ungrouped }: Pick<ReturnType<typeof summaryOf>, "groups" | "ungrouped">) {
  if (groups.length === 0) return [];
  const texts = groups.map(({ id, name, images }) => `${id}${name === null ? "" : ` ${name}`}: ${images}`);
  return [["groups", `${firstFew(texts, { most: 50 })}; ${counted(ungrouped, "image")} in none`]];
}

export interface LogFlags {
  readonly last: string;
  readonly json?: boolean;
}

export async function logCommand(folder: string, { last, json }: LogFlags, terminal: Terminal): Promise<void> {
  const most = toCount("--last", last);
  const actions = (await openCollection(folder)).pastActions(most);
  if (json) {
    terminal.out(`${JSON.stringify({ folder, actions })}\n`);
    return;
  }
  const width = Math.max(...actions.map(({ n }) => String(n).length));
  const line = ({ n, time, text, isUndone }: PastAction) =>
    printable(`${String(n).padStart(width)}  ${localTime(time)}  ${text}${isUndone ? " (undone)" : ""}`);
  terminal.out(actions.length > 0 ? `${actions.map(line).join("\n")}\n` : `${printable(folder)}: no action yet\n`);
}

/** Of the user's clock: 2026-11-30 14:05:00. */
const localTime = (time: string): string => new Date(time).toLocaleString("sv");

export async function checkFilesCommand(folder: string, terminal: Terminal): Promise<void> {
  await checkCollection(folder);
  terminal.out(`${printable(folder)}: rows and vectors are as they were written\n`);
}

/** Takes one action. */
export async function editCommand(action: string, folder: string, flags: EditFlags, terminal: Terminal): Promise<void> {
  const editor = await editCollection(folder);
  try {
    terminal.out(`${printable(folder)}: ${await take(action, editor, flags)}\n`);
  } finally {
    await editor.close();
  }
}

async function take(action: string, editor: CollectionEditor, flags: EditFlags): Promise<string> {
  if (action === "undo" || action === "redo") {
    const { undoable, redoable } = editor.collection;
    const past = action === "undo" ? undoable : redoable;
    await editor[action]();
    return past ? `${action} of action ${past.n}: ${printable(past.text)}` : `nothing to ${action}`;
  }
  if (isGroupAction(action)) {
    const entry = await editor.apply(await groupEdit(action, flags, editor.collection));
    const made = madeWithSizes(groupsMade(entry), editor.collection);
    return `action ${entry.n}: ${action}${made.length > 0 ? `, ${nounFor(made.length, "group")} ${made.join(", ")}` : ""}`;
  }
  const ids = idsOf(flags.ids as string, editor.collection);
  const { coarse, fine } = flags;
  if (action === "relabel" && coarse === undefined && fine === undefined) {
    fail("usage", { where: "--coarse, --fine", expected: "a class, or both", found: "none" });
  }
  const labels = {
    ...(coarse !== undefined && { coarse }),
    ...(fine !== undefined && { fine: fine === "" ? null : fine }),
  };
  const more = action === "relabel" ? labels : action === "keep" ? { kind: keptKindOf(flags.kind!) } : {};
  const { n, values } = await editor.apply({ action, ids, ...more } as CollectionEdit);
  return `action ${n}: ${action}, ${counted(ids.length, "image")}${movedWith(values, editor.collection)}`;
}

/** The groups that went along, and how many images with them that nobody named. */
function movedWith({ groups, along }: JournalEntry["values"], { record }: Collection): string {
  if (!Array.isArray(groups)) return "";
  const unseen = typeof along === "string" ? listIds(along, record.nextId, "along").length : 0;
  const rest =
    unseen > 0
      ? ` and ${counted(unseen, "image")} of ${nounFor(groups.length, "it", "them")} that ${nounFor(unseen, "is", "are")} dropped or missing`
      : "";
  return `, with ${nounFor(groups.length, "group")} ${groups.join(", ")}${rest}`;
}

function madeWithSizes(made: readonly number[], { rows }: Collection): string[] {
  const sizes = new Map(rows.groups.list.map(({ id, size }) => [id, size]));
  return made.map((id) => `${id} (${counted(sizes.get(id) ?? 0, "image")})`);
}

function keptKindOf(kind: string): KeptKind {
  const known: readonly KeptKind[] = ["label", "copies", "outlier"];
  const found = known.find((name) => name === kind);
  return found ?? fail("usage", { where: "--kind", expected: known.join(", "), found: JSON.stringify(kind) });
}
