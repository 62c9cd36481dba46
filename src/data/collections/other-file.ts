import { basename, extname } from "node:path";
import { fail } from "../../core/index.ts";
import { fileFormat, SIGNATURE_BYTES, withRanges } from "../../formats/index.ts";

interface KnownFile {
  readonly what: string;
  readonly fix: (name: string) => string;
}

const asCsv = () => "write a CSV with the columns file and coarse, and fine where it is known";
const json: KnownFile = { what: "a JSON file", fix: asCsv };
const lines: KnownFile = { what: "a file of JSON lines", fix: asCsv };
const zip: KnownFile = { what: "a zip archive", fix: (name) => `unpack it (unzip ${name}) and give its folder` };
const tabs: KnownFile = { what: "a table with tabs", fix: () => "save it with commas, as .csv" };

/** Files that lists and images come in, and what to do with each. */
const known: Readonly<Record<string, KnownFile>> = {
  ...{ ".zip": zip, ".tsv": tabs, ".tab": tabs },
  ...{ ".json": json, ".jsonl": lines, ".ndjson": lines },
};

/**
 * Refuses a file that is no kind of DATA, and calls it by its first bytes, else by its name.
 * @throws MaskconError "data" where the file can be read: it is none of them
 */
export async function refuseOtherFile(path: string): Promise<never> {
  const format = await withRanges(path, async ({ size, read }) =>
    fileFormat(await read(0, Math.min(size, SIGNATURE_BYTES))),
  );
  const file = knownFile(path, format);
  return fail("data", {
    where: path,
    expected: "an image folder, a named dataset's folder, or a .csv, .parquet or .tar file",
    found: file?.what ?? format?.what ?? "another file",
    fix: file?.fix(basename(path)),
  });
}

/** A name says more than text or bytes of no known kind do, and less than any other content. */
function knownFile(path: string, format: ReturnType<typeof fileFormat>): KnownFile | undefined {
  if (format?.name === "zip") return zip;
  const isPlain = format === undefined || format.name === "text" || format.name === "json";
  return isPlain ? known[extname(path).toLowerCase()] : undefined;
}
