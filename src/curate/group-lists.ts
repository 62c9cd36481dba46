import { type Collection, labelsAt } from "../collection/index.ts";
import { type ParquetColumn, writeParquet } from "../formats/parquet/index.ts";

/** The columns of the lists that are written: of each live image its id, path, class and group. */
const columns = [
  { name: "id", type: "INT32", nullable: false },
  { name: "path", type: "STRING", nullable: false },
  { name: "coarse", type: "STRING", nullable: true },
  { name: "group", type: "INT32", nullable: true },
  { name: "name", type: "STRING", nullable: true },
  { name: "confidence", type: "FLOAT", nullable: true },
] as const satisfies readonly ParquetColumn[];

function* listed(collection: Collection) {
  const { rows } = collection;
  const names = new Map(rows.groups.list.map(({ id, name }) => [id, name]));
  for (let row = 0; row < rows.length; row++) {
    if (rows.status[row] !== 0) continue;
    const [group, sure] = [rows.groups.of[row]!, rows.groups.confidence[row]!];
    yield {
      ...{ id: rows.ids[row]!, path: rows.names[row]!, coarse: labelsAt(rows, row).coarse ?? undefined },
      ...{ group: group === 0 ? undefined : group, name: names.get(group) ?? undefined },
      confidence: Number.isNaN(sure) ? undefined : sure,
    };
  }
}

const PIECE_ROWS = 4096;

/**
 * The live images of a collection as CSV (RFC 4180, UTF-8, lines end with LF), in pieces: id, path, coarse, group, name,
 * confidence; what is not known is empty. Texts stand in quotes and come back unchanged from a reader of CSV. No text is
 * changed to please a spreadsheet: import its columns as text.
 */
export function* groupsCsv(collection: Collection): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let lines = [columns.map(({ name }) => name).join(",")];
  for (const row of listed(collection)) {
    lines.push(columns.map(({ name }) => csvField(row[name])).join(","));
    if (lines.length < PIECE_ROWS) continue;
    yield encoder.encode(`${lines.join("\n")}\n`);
    lines = [];
  }
  if (lines.length > 0) yield encoder.encode(`${lines.join("\n")}\n`);
}

/** A value of a CSV: texts in quotes, numbers of float32 in the fewest digits, nothing for undefined. */
export function csvField(value: string | number | undefined): string {
  if (typeof value === "string") return `"${value.replaceAll('"', '""')}"`;
  if (value === undefined) return "";
  // The shortest text that gives the float32 again.
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/**
 * Writes the rows of `groupsCsv` as Parquet; what is not known is null.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeGroupsParquet(file: string, collection: Collection): Promise<void> {
  const rows = [...listed(collection)];
  const block = Object.fromEntries(columns.map(({ name }) => [name, rows.map((row) => row[name])]));
  await writeParquet(file, columns, [block]);
}
