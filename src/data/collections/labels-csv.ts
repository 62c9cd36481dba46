import { join } from "node:path";
import type { LoadedData } from "../dataset.ts";
import { columnLabels } from "./check-labels.ts";
import { readCsv } from "./csv.ts";
import { dataFromFiles } from "./from-files.ts";
import type { OpenOptions, Recogniser } from "./opener.ts";

/** The CSV that stands for its folder. */
const LABELS_CSV = "labels.csv";

/** A `labels.csv` stands for its folder. */
export const labelsCsv: Recogniser = async (scan, options) =>
  (await scan.holds(LABELS_CSV))
    ? { columns: true, open: () => openCsv(join(scan.path, LABELS_CSV), options) }
    : undefined;

export async function openCsv(file: string, options: OpenOptions): Promise<LoadedData> {
  const labels = options.coarseMap === undefined ? "coarse" : "any";
  const files = await readCsv(file, labels, options);
  return dataFromFiles(file, files, options, { labels: columnLabels(`column "${options.coarseColumn ?? "coarse"}"`) });
}
