import sharp from "sharp";
import { expect, test } from "vitest";
import { put } from "../../test/data-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readGrid } from "../compare/grid.ts";
import { readConfigFile } from "../config/file.ts";
import { readCoarseMap } from "../data/collections/coarse-map.ts";
import { readCsv } from "../data/collections/csv.ts";
import { fileFormat } from "./file-format.ts";
import { readText } from "./read-file.ts";

const picture = sharp({ create: { width: 40, height: 40, channels: 3, background: "red" } });
const zip = (name: string) =>
  Buffer.concat([
    Buffer.from("PK\x03\x04\x14\0\0\0\0\0"),
    Buffer.alloc(16),
    Buffer.from([name.length, 0, 0, 0]),
    Buffer.from(name),
  ]);

const binaries: readonly (readonly [Buffer, string])[] = [
  [await picture.png().toBuffer(), "a PNG picture"],
  [await picture.jpeg().toBuffer(), "a JPEG picture"],
  [await picture.webp().toBuffer(), "a WebP picture"],
  [await picture.gif().toBuffer(), "a GIF picture"],
  [await picture.tiff().toBuffer(), "a TIFF picture"],
  [zip("a.txt"), "a zip archive"],
  [zip("[Content_Types].xml"), "a workbook of a spreadsheet program"],
  [zip("archive/data.pkl"), "a PyTorch checkpoint"],
  [Buffer.from("\x80\x02}q\0.", "latin1"), "a pickle"],
  [
    Buffer.concat([Buffer.from("a.txt"), Buffer.alloc(252), Buffer.from("ustar\x0000"), Buffer.alloc(300)]),
    "a tar archive",
  ],
  [Buffer.from("PAR1\x15\x04\x15\x10"), "a Parquet file"],
  [Buffer.from("\x1f\x8b\x08\0\0", "latin1"), "a gzip file"],
  [Buffer.from("%PDF-1.4\n1 0 obj\n"), "a PDF file"],
  [Buffer.from("\0\0\x08\x03\0\0\xea\x60", "latin1"), "bytes that are no text"],
];

test.each(binaries)("a binary file in place of text: %#", async (bytes, what) => {
  const file = put(temporaryFolder(), "l.csv", bytes);
  const message = new RegExp(`^[^\\0-\\x1f]*l\\.csv, byte 0: expected text in UTF-8, found ${what}`);
  for (const read of [readCoarseMap, readCsv, readConfigFile, readGrid])
    await expect(read(file)).rejects.toThrow(message);
});

test.each([
  ["utf-16le with a mark", Buffer.from("\ufefffile,coarse\n", "utf16le")],
  ["utf-16le", Buffer.from("file,coarse\n", "utf16le")],
  ["utf-16be", Buffer.from("file,coarse\n", "utf16le").swap16()],
])("text in %s", async (_, bytes) => {
  const file = put(temporaryFolder(), "l.csv", bytes);
  for (const read of [readCsv, readConfigFile]) {
    await expect(read(file)).rejects.toThrow("found text in UTF-16; save it as UTF-8");
  }
});

test.each(["PAR1,coarse\n", "fileftyp,coarse\n", "GIF8,a", "BMW,b\n", "II*", "a\f\x1b[1m", "\ufeffé", ""])(
  "%j is text",
  async (text) => {
    expect(await readText(put(temporaryFolder(), "l.csv", text), 100)).toBe(text);
  },
);

test("what says nothing has no format", () => {
  expect(fileFormat(new Uint8Array())).toBeUndefined();
  expect(fileFormat(new Uint8Array(600))).toBeUndefined();
});
