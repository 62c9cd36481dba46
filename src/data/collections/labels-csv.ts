import { join } from "node:path";
import { type CsvRow, csvRows } from "../../formats/csv/index.ts";
import { readText } from "../../formats/index.ts";
import type { LoadedData } from "../dataset.ts";
import { isImageName } from "../images/image-names.ts";
import { columnLabels } from "./check-labels.ts";
import { readCsv } from "./csv.ts";
import { dataFromFiles } from "./from-files.ts";
import type { OpenOptions, Recogniser } from "./opener.ts";
import type { Scan } from "./scan.ts";

/** The CSV that stands for its folder, if it lists images. */
const LABELS_CSV = "labels.csv";

/** As of any CSV of images. */
const MAX_BYTES = 200 * 2 ** 20;
/** Rows that are looked at for names of images. */
const MAX_LOOKED_AT = 100;

/** A `labels.csv` that lists images stands for its folder. */
export const labelsCsv: Recogniser = async (scan, options) =>
  (await scan.holds(LABELS_CSV)) && (await whyPassedOver(scan, options)) === undefined
    ? { columns: true, open: () => openCsv(join(scan.path, LABELS_CSV), options) }
    : undefined;

/** What to say of a `labels.csv` that does not stand for its folder; undefined where there is none, or where it does. */
export async function noteOfCsv(scan: Scan, options: OpenOptions): Promise<string | undefined> {
  const reason = (await scan.holds(LABELS_CSV)) ? await whyPassedOver(scan, options) : undefined;
  return reason && `${LABELS_CSV} was passed over: ${reason}`;
}

export async function openCsv(file: string, options: OpenOptions): Promise<LoadedData> {
  const labels = options.coarseMap === undefined ? "coarse" : "any";
  const files = await readCsv(file, labels, options);
  return dataFromFiles(file, files, options, { labels: columnLabels(`column "${options.coarseColumn ?? "coarse"}"`) });
}

/**
 * A `labels.csv` may be a table of classes. One of images has the column `file`, or the name of an image in its first rows.
 * Whoever names columns means it as well.
 */
async function whyPassedOver(scan: Scan, options: OpenOptions): Promise<string | undefined> {
  if (options.imageColumn ?? options.coarseColumn ?? options.fineColumn) return undefined;
  const file = join(scan.path, LABELS_CSV);
  const rows = csvRows(await readText(file, MAX_BYTES), file);
  const header = (rows.next().value as CsvRow | undefined)?.fields;
  if (header === undefined) return "it is empty";
  if (header.some((name) => name.toLowerCase() === "file")) return undefined;
  for (let looked = 0; looked < MAX_LOOKED_AT; looked++) {
    const row = rows.next();
    if (row.done) break;
    if (row.value.fields.some(isImageName)) return undefined;
  }
  return `none of its columns (${header.join(", ").slice(0, 80)}) lists images; --image-column names one`;
}
