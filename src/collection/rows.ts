import { fail } from "../core/index.ts";
import { type ClassNumbers, type EditableClasses, editableClasses } from "./class-numbers.ts";
import { type EditableGroups, editableGroups, type RowGroups } from "./groups/row-groups.ts";
import { type IdRange, parseIds } from "./id-ranges.ts";
import { type EditableKept, editableKept, type KeptRows } from "./kept.ts";
import type { CollectionRecord } from "./record.ts";
import { HASH_BYTES, hexOf, type RowValues } from "./rows-file.ts";

/** What a row is: `live`, or why no search finds it. */
export type RowStatus = "live" | "dropped" | "replaced" | "missing";

/** Every status; `CollectionRows.status` holds places in this list. */
export const rowStatuses: readonly RowStatus[] = ["live", "dropped", "replaced", "missing"];

/** The rows of a collection by column, edits applied. A row's position is its place in every column; ids rise with it. */
export interface CollectionRows {
  readonly length: number;
  readonly ids: Int32Array;
  /** The path below DATA, or the place in an archive or a named dataset. */
  readonly names: readonly string[];
  /** Below the folder of its source, or absolute; undefined where the image lies in an archive. */
  readonly files: readonly (string | undefined)[];
  /** Places in `record.sources`. */
  readonly sources: Int32Array;
  readonly coarse: ClassNumbers;
  readonly fine: ClassNumbers;
  readonly split: ClassNumbers;
  /** Groups inside the coarse classes. */
  readonly groups: RowGroups;
  /** In pixels. */
  readonly widths: Int32Array;
  readonly heights: Int32Array;
  /** Of the encoded image; -1 where that is not known. */
  readonly bytes: Int32Array;
  /** [length, 16], the first half of the SHA-256 of the encoded image. */
  readonly hashes: Uint8Array;
  /** Thumbnails: the number of the sheet, and the place in it. */
  readonly sheets: Int32Array;
  readonly tiles: Int32Array;
  /** [length], places in `rowStatuses`: 0 is live. */
  readonly status: Uint8Array;
  readonly kept: KeptRows;
}

/** Rows whose labels and status edits change. */
export type EditableRows = CollectionRows & {
  readonly coarse: EditableClasses;
  readonly fine: EditableClasses;
  readonly kept: EditableKept;
  readonly groups: EditableGroups;
};

/**
 * The rows of all parts, in order.
 * @throws MaskconError "data" where they contradict `collection.json`
 */
export function rowsOf(record: CollectionRecord, parts: readonly RowValues[], file: string): EditableRows {
  const length = parts.reduce((sum, part) => sum + part.id.length, 0);
  // Mostly there is one part: its columns are these.
  const [only] = parts.length === 1 ? parts : [];
  const ints = (name: "id" | "source" | "width" | "height" | "bytes" | "sheet" | "tile") =>
    only?.[name] ?? joined(parts, name, new Int32Array(length));
  const texts = (name: "name" | "file") => only?.[name] ?? [...textsOf(parts, name)];
  const labels = (name: "coarse" | "fine" | "split", first: readonly string[]) =>
    editableClasses(first, textsOf(parts, name), length);
  const coarse = labels("coarse", record.coarseClasses);
  const rows = {
    ...{ length, ids: ints("id"), sources: ints("source"), widths: ints("width"), heights: ints("height") },
    ...{ bytes: ints("bytes"), sheets: ints("sheet"), tiles: ints("tile") },
    names: texts("name") as string[],
    files: texts("file"),
    coarse,
    fine: labels("fine", record.fineClasses),
    split: labels("split", ["train", "test"]),
    groups: editableGroups(length),
    hashes: only?.hash ?? joined(parts, "hash", new Uint8Array(length * HASH_BYTES)),
    status: new Uint8Array(length),
    kept: editableKept(coarse),
  };
  checkRows(rows, record, file);
  return rows;
}

function* textsOf(parts: readonly RowValues[], name: "name" | "file" | "coarse" | "fine" | "split") {
  for (const part of parts) yield* part[name];
}

/** A column of all parts. */
function joined<Name extends "id" | "source" | "width" | "height" | "bytes" | "sheet" | "tile" | "hash">(
  parts: readonly RowValues[],
  name: Name,
  all: RowValues[Name],
): RowValues[Name] {
  let at = 0;
  for (const part of parts) {
    all.set(part[name], at);
    at += part[name].length;
  }
  return all;
}

/**
 * The hash of a row as the files have it.
 * @param rows those of a collection
 */
export const hashOf = ({ hashes }: Pick<CollectionRows, "hashes">, position: number): string => hexOf(hashes, position);

function checkRows({ ids, sources, sheets, tiles }: CollectionRows, record: CollectionRecord, file: string): void {
  for (let i = 0, before = 0; i < ids.length; i++) {
    const fits =
      ids[i]! > before && sources[i]! >= 0 && sources[i]! < record.sources.length && sheets[i]! >= 0 && tiles[i]! >= 0;
    if (!fits || sheets[i]! >= record.nextSheet) {
      const found = `id ${ids[i]} after ${before}, source ${sources[i]}, sheet ${sheets[i]}`;
      fail("data", {
        where: `${file}, row ${i}`,
        expected: "rising ids, and a source and a sheet that are there",
        found,
      });
    }
    before = ids[i]!;
  }
  const last = ids.at(-1) ?? 0;
  if (last >= record.nextId) fail("data", { where: file, expected: `ids below ${record.nextId}`, found: `${last}` });
}

/** Positions of the rows that can be found, ascending. */
export const liveRows = ({ ids, status }: Pick<CollectionRows, "ids" | "status">): Int32Array =>
  Int32Array.from(ids.keys()).filter((row) => status[row] === 0);

/** How many rows can be found. */
export const liveCount = ({ status }: Pick<CollectionRows, "status">): number =>
  status.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0);

/** The names of a row's classes and split; null where there is none. */
export function labelsAt(rows: CollectionRows, position: number) {
  const name = ({ names, numbers }: ClassNumbers) => names[numbers[position]!] ?? null;
  return { coarse: name(rows.coarse), fine: name(rows.fine), split: name(rows.split) };
}

/** The position of an id; -1 where no row has it. */
export function positionOf(ids: Int32Array, id: number): number {
  const at = firstFrom(ids, id);
  return ids[at] === id ? at : -1;
}

/** The first position whose id is `id` or larger. */
function firstFrom(ids: Int32Array, id: number): number {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Calls `visit` with the positions [from, to) of rows with these ids. */
export function eachSpan(ids: Int32Array, ranges: readonly IdRange[], visit: (from: number, to: number) => void): void {
  for (const [first, last] of ranges) {
    const [from, to] = [firstFrom(ids, first), firstFrom(ids, last + 1)];
    if (to > from) visit(from, to);
  }
}

/** Sets the status of every row: what somebody dropped goes before what is replaced, and that before what is missing. */
export function setStatus(rows: CollectionRows, dropped: Uint8Array, record: CollectionRecord, file: string): void {
  const { status, ids } = rows;
  status.fill(0);
  for (const name of ["missing", "replaced"] as const) {
    const value = rowStatuses.indexOf(name);
    const ranges = parseIds(record[name], record.nextId, `${file}, ${name}`);
    eachSpan(ids, ranges, (from, to) => status.fill(value, from, to));
  }
  dropped.forEach((is, row) => {
    if (is) status[row] = rowStatuses.indexOf("dropped");
  });
}
