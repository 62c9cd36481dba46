import { canonicalName, fail, nearest } from "../../core/index.ts";
import { separatorFix } from "../../formats/csv/index.ts";
import { isImageName } from "../images/image-names.ts";
import { coarseNames, fileNames, fineNames, onlyNames } from "./column-names.ts";
import type { ColumnOptions } from "./labelled.ts";

const columns = ["file", "coarse", "fine", "split"] as const;
type Column = (typeof columns)[number];

/** Where in a row each column is; undefined: nowhere. */
export type CsvPlaces = Readonly<Partial<Record<Column, number>>>;

/**
 * Which labels rows must have: `coarse`; any one (a coarse map makes the other of it, so `fine` alone will do); or none, and
 * splits may be mixed freely (for embedding). The coarse label is "" where there is none.
 */
export type RequiredLabels = "coarse" | "any" | "none";

/** More names than a header of a wrong file should fill the screen with. */
const MAX_NAMED = 20;

interface Header {
  readonly csv: string;
  /** As they are written. */
  readonly fields: readonly string[];
  readonly labels: RequiredLabels;
  readonly names: ColumnOptions;
}

/**
 * Finds the columns of a CSV of images in its header, whatever their case.
 * @throws MaskconError "data" where one is missing, with the columns that are there and the options that name the right ones
 */
export function csvColumns(
  fields: readonly string[],
  csv: string,
  labels: RequiredLabels,
  names: ColumnOptions,
): CsvPlaces {
  const header: Header = { csv, fields, labels, names };
  const wanted = wantedOf(header);
  const found = fields.map(plain);
  const places: Partial<Record<Column, number>> = {};
  for (const column of columns) {
    const place = found.indexOf(plain(wanted[column]));
    if (place < 0) continue;
    if (found.includes(plain(wanted[column]), place + 1)) refuse(header, `"${fields[place]}" twice`);
    places[column] = place;
  }
  const { file, coarse, fine } = places;
  const enough = labels === "none" || coarse !== undefined || (labels === "any" && fine !== undefined);
  if (file === undefined || !enough || misnamed(header, places)) {
    const separator = separatorFix(fields);
    if (separator) refuse(header, fields.join().slice(0, 80), separator);
    refuse(header, fields.length > 0 ? `the columns ${listed(fields)}` : "an empty file", fixFor(header, places));
  }
  return places;
}

function listed(fields: readonly string[]): string {
  const shown = fields.slice(0, MAX_NAMED).map((field) => (field.length > 40 ? `${field.slice(0, 40)}…` : field));
  return `${shown.join(", ")}${fields.length > MAX_NAMED ? ` (and ${fields.length - MAX_NAMED} more)` : ""}`;
}

const plain = (name: string): string => canonicalName(name).toLowerCase();

const wantedOf = ({ names: { imageColumn = "file", coarseColumn = "coarse", fineColumn = "fine" } }: Header) => ({
  file: imageColumn,
  coarse: coarseColumn,
  fine: fineColumn,
  split: "split",
});

function refuse(header: Header, found: string, fix?: string): never {
  const { file, coarse, fine } = wantedOf(header);
  const needed = header.labels === "none" ? file : `${file},${coarse} (and ${fine}, split if known)`;
  const where = `${header.csv}, line 1`;
  return fail("data", { where, expected: `the header ${needed}`, found, ...(fix ? { fix } : {}) });
}

const options = { file: "imageColumn", coarse: "coarseColumn", fine: "fineColumn" } as const;
type Named = keyof typeof options;
const flags = { file: "--image-column", coarse: "--coarse-column", fine: "--fine-column" } as const;
const usual = { file: fileNames, coarse: [...coarseNames, ...onlyNames], fine: fineNames };

/** What to do: the separator, the header line, or the options that name columns, by what others call them. */
function fixFor(header: Header, places: CsvPlaces): string | undefined {
  const { fields } = header;
  if (fields.length === 0) return undefined;
  if (/^(?:#|sep=)/i.test(fields[0]!)) return "remove this line: the header must be the first";
  if (fields.some(isImageName)) return "put a first line before the rows that names the columns";
  const wrong = misnamed(header, places);
  if (wrong) {
    const near = nearest(wantedOf(header)[wrong], fields);
    return near === undefined ? undefined : `did you mean ${flags[wrong]} ${quoted(near)}?`;
  }
  const missing = neededBy(header).filter((column) => places[column] === undefined);
  const named = missing.map((column) => `${flags[column]} ${quoted(guess(column, fields) ?? "NAME")}`).join(" ");
  const map =
    missing.includes("coarse") && places.fine !== undefined ? ", or give the coarse classes with --coarse-map" : "";
  return `name ${missing.length === 1 ? "the column" : "the columns"} with ${named}${map}`;
}

/** A column that was asked for, and is not there. */
const misnamed = ({ names }: Header, places: CsvPlaces): Named | undefined =>
  (Object.keys(flags) as Named[]).find(
    (column) => names[options[column]] !== undefined && places[column] === undefined,
  );

function neededBy({ labels, fields }: Header): Named[] {
  if (labels === "none") return ["file"];
  if (labels === "any") return ["file", "fine"];
  return guess("fine", fields) === undefined ? ["file", "coarse"] : ["file", "coarse", "fine"];
}

const guess = (column: Named, fields: readonly string[]): string | undefined =>
  usual[column].map((name) => fields.find((field) => plain(field) === name)).find((field) => field !== undefined);

const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : JSON.stringify(name));
