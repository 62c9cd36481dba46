import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { put } from "../../../test/data-samples.ts";
import { refusalOf, survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { csvRows } from "../../formats/csv/csv-rows.ts";
import { readCsv } from "./csv.ts";

const rows = (text: string) => [...csvRows(text, "x.csv")];

describe("csvRows", () => {
  it("reads quotes, commas and line ends within them, CRLF, a BOM and empty lines, and counts lines", () => {
    const text = '\ufeffa, b ,c\r\n\r\n"x, ""y""","two\nlines", \r\n1,,"3" \n';
    expect(rows(text)).toEqual([
      { line: 1, fields: ["a", "b", "c"] },
      { line: 3, fields: ['x, "y"', "two\nlines", ""] },
      { line: 5, fields: ["1", "", "3"] },
    ]);
  });

  it.each([
    ['a\nb,"unfinished\n\n', "x.csv, line 2"],
    ['a\n"b"c,d', "x.csv, line 2"],
    ['a"b', "x.csv, line 1"],
    ['"a" "b"', "x.csv, line 1"],
  ])("refuses misplaced quotes in %j", (text, where) => {
    expect(() => rows(text)).toThrow(`${where}: expected fields either plain or wholly in`);
  });

  it("gives back whatever was written with quotes", () => {
    const field = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r", " ", "é") });
    fc.assert(
      fc.property(fc.array(fc.array(field, { minLength: 2, maxLength: 4 })), (table) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = table.map((row) => row.map(quoted).join(",")).join("\r\n");
        expect(rows(text).map((row) => row.fields)).toEqual(table);
      }),
    );
  });

  it("ends on any text, quickly", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r") }), (text) => {
        try {
          rows(text);
        } catch (error) {
          expect(error).toBeInstanceOf(MaskconError);
        }
      }),
    );
    expect(() => rows(`"${"a".repeat(20_000_000)}`)).toThrow(MaskconError);
  });
});

describe("csvRows of absurd size", () => {
  it("are refused with the line where they become it", () => {
    expect(() => [...csvRows("a\n\n1\n2\n3\n", "x.csv", 2)]).toThrow(
      "x.csv, line 5: expected at most 2 rows after the header, found more",
    );
    expect([...csvRows("a\n1\n2\n\n", "x.csv", 2)]).toHaveLength(3);
    const last = (text: string) => {
      let line = 0;
      for (const row of csvRows(text, "x.csv")) line = row.line;
      return line;
    };
    expect(() => last("a\n".repeat(2_000_002))).toThrow("line 2000002: expected at most 2000000 rows after the header");
    expect(() => rows(`a\n"b\n${"c".repeat(2 ** 20)}"`)).toThrow(
      "line 2: expected quoted fields of at most 1048576 characters, found more",
    );
  });
});

describe("readCsv", () => {
  const read = (text: string | Uint8Array, labels?: "none") => readCsv(put(temporaryFolder(), "l.csv", text), labels);

  it("takes its columns in any order, and files relative to itself", async () => {
    const folder = temporaryFolder();
    const csv = put(
      folder,
      "l.csv",
      "split,note,fine,coarse,file\ntest,,tabby,cat,a/b.png\ntrain,x,beagle,dog,c.png\n",
    );
    expect(await readCsv(csv)).toEqual([
      { file: join(folder, "a/b.png"), id: "a/b.png", coarse: "cat", fine: "tabby", split: "test" },
      { file: join(folder, "c.png"), id: "c.png", coarse: "dog", fine: "beagle", split: "train" },
    ]);
  });

  it.each([
    ["file,coarse\na,x\nb,\n", 'line 3: expected a value for "coarse", found an empty field'],
    ["file,coarse,fine\na,x,y\nb,x,\n", 'line 3: expected a value for "fine"'],
    ["file,coarse\n,x\n", 'line 2: expected a value for "file"'],
    ["file,coarse\na,x\nb,x\na,y\n", 'line 4: expected each image once, found "a" again, after line 2; remove one'],
    ["file,coarse,split\na,x,train\n./a,x,test\n", 'line 3: expected each image once, found "./a" again, after line 2'],
    ["file,coarse,split\na,x,train\nb,x,dev\n", 'line 3: expected the split "train" or "test", found "dev"'],
    ["file,coarse\na,x,y\n", "line 2: expected 2 fields, as in the header, found 3"],
    ["file;coarse\na;x\n", "line 1: expected the header file,coarse (and fine, split if known), found file;coarse"],
    ["file;coarse\na;x\n", "found file;coarse; separate its fields by commas, not by semicolons"],
    ["file\tcoarse\na\tx\n", "found file\\tcoarse; separate its fields by commas, not by tabs"],
    [
      "file,fine\na,x\n",
      "found file,fine; name the column of the coarse labels with --coarse-column, or give them with --coarse-map",
    ],
    ["file,coarse,coarse\na,x,y\n", '"coarse" twice'],
    ["", "found an empty file"],
    ["file,coarse\n", "line 2: expected a row for each image, found none"],
    [Uint8Array.of(0xff, 0xfe, 0x41, 0), "byte 0: expected text in UTF-8"],
    [Buffer.from("file,coarse\n\ufffd,x\nb,\xe9\n").fill(0xe9, 18, 19), "byte 18: expected text in UTF-8"],
  ])("refuses %j", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("reads damaged bytes, or refuses them with their place", async () => {
    const folder = temporaryFolder();
    const file = join(folder, "l.csv");
    const whole = '\ufefffile,coarse,fine,split\n"é 1.png",a,"b ""1""",train\r\n2.png,"a",c,test\n';
    await survivesDamage(Buffer.from(whole), file, (damaged) => readCsv(put(folder, "l.csv", damaged)));
  });

  it("refuses a row of very many fields in bounded memory", async () => {
    const before = process.memoryUsage().rss;
    const file = put(temporaryFolder(), "l.csv", `file,coarse\n${",".repeat(2 ** 21)}`);
    expect(await refusalOf(() => readCsv(file), file)).toMatch(/line 2: expected at most 65536 fields in a row/);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  it("asks for files alone when labels are optional", async () => {
    expect(await read("file,coarse\na,\n", "none")).toMatchObject([{ id: "a", coarse: "", fine: undefined }]);
    await expect(read("coarse\na\n", "none")).rejects.toThrow("line 1: expected the header");
  });
});
