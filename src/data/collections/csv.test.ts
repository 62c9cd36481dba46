import { readFileSync } from "node:fs";
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
    [
      "file,coarse,split\na,x,train\nb,x,later\n",
      'line 3: expected a split (train, training, test, validation, valid, val, dev), found "later"',
    ],
    ["file,coarse\na,x,y\n", "line 2: expected 2 fields, as in the header, found 3"],
    ["file;coarse\na;x\n", "line 1: expected the header file,coarse (and fine, split if known), found file;coarse"],
    ["file;coarse\na;x\n", "found file;coarse; separate its fields by commas, not by semicolons"],
    ["file\tcoarse\na\tx\n", "found file\\tcoarse; separate its fields by commas, not by tabs"],
    [
      "file,fine\na,x\n",
      "found the columns file, fine; name the column with --coarse-column NAME, or give the coarse classes with --coarse-map",
    ],
    ["file,coarse,coarse\na,x,y\n", '"coarse" twice'],
    ["", "found an empty file"],
    ["file,coarse\n", "line 2: expected a row for each image, found none"],
    [Uint8Array.of(0xff, 0xfe, 0x41, 0), "byte 0: expected text in UTF-8"],
    [Buffer.from("file,coarse\n\ufffd,x\nb,\xe9\n").fill(0xe9, 18, 19), "byte 18: expected text in UTF-8"],
  ])("refuses %j", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it.each([
    [
      "file_name,label\n",
      "found the columns file_name, label; name the columns with --image-column file_name --coarse-column label",
    ],
    ["image_path,Category,note\n", "name the columns with --image-column image_path --coarse-column Category"],
    ["path,coarse_label,fine_label\n", "--image-column path --coarse-column coarse_label --fine-column fine_label"],
    ["file,my label\n", "found the columns file, my label; name the column with --coarse-column NAME"],
    ["a,b\n", "name the columns with --image-column NAME --coarse-column NAME"],
    ["cats/1.png,cats\n", "put a first line before the rows that names the columns"],
    [`file,${Array.from({ length: 40 }, (_, i) => `c${i}`).join(",")}\n`, "c18 (and 21 more); name the column"],
    [`file,${"x".repeat(2000)}\n`, /found the columns file, x{40}…; name/],
  ])("lists the columns that are there, and the options that name them (case %#)", async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it("says what was asked for and is not there", async () => {
    const csv = put(temporaryFolder(), "l.csv", "file,coarse,fine\na,x,y\n");
    for (const [names, fix] of [
      [{ coarseColumn: "corse" }, "did you mean --coarse-column coarse?"],
      [{ fineColumn: "fines" }, "did you mean --fine-column fine?"],
      [{ imageColumn: "zzzzzzzzzz" }, /found the columns file, coarse, fine$/],
    ] as const) {
      for (const labels of ["coarse", "any"] as const) await expect(readCsv(csv, labels, names)).rejects.toThrow(fix);
    }
  });

  it.each(["sep=,", "# made by hand, twice"])("wants %s above the header removed", async (line) => {
    await expect(read(`${line}\nfile,coarse\na,x\n`)).rejects.toThrow(
      /line 1: expected the header .*; remove this line: the header must be the first$/,
    );
  });

  it("asks for files alone where labels are not needed", async () => {
    await expect(read("path,label\n", "none")).rejects.toThrow(
      "line 1: expected the header file, found the columns path, label; name the column with --image-column path",
    );
  });

  it.each(["val", "valid", "validation", "dev", "Validation"])("takes %s as folders do", async (name) => {
    const splits = async (...rows: readonly string[]) =>
      (await read(`file,coarse,split\n${rows.map((split, i) => `${i},x,${split}\n`).join("")}`)).map(
        ({ id, split }) => `${id} ${split}`,
      );
    expect(await splits("train", name, "Training")).toEqual(["0 train", "1 test", "2 train"]);
    expect(await splits("train", name, "test")).toEqual(["0 train", "2 test"]);
  });

  it("compares column names in NFC", async () => {
    const csv = put(temporaryFolder(), "l.csv", "file,cate\u0301gorie\na,x\n");
    expect(await readCsv(csv, "coarse", { coarseColumn: "Cat\u00e9gorie" })).toMatchObject([{ coarse: "x" }]);
  });

  it("keeps labels as text, and refuses what is longer than any", async () => {
    const rows = await read("file,coarse\na,01\nb,1\nc,1.0\n");
    expect(rows.map(({ coarse }) => coarse)).toEqual(["01", "1", "1.0"]);
    await expect(read(`file,coarse\na,x\nb,"${"x".repeat(1001)}"\n`)).rejects.toThrow(
      'line 3: expected a label of at most 1000 characters for "coarse", found 1001',
    );
    await expect(read('file,coarse\na," "\n')).rejects.toThrow('line 2: expected a value for "coarse"');
  });

  it("finds files whose names the file system writes in another form of Unicode", async () => {
    const folder = temporaryFolder();
    const [composed, apart] = ["caf\u00e9", "cafe\u0301"];
    put(folder, `${apart}/${composed}.png`, "");
    put(folder, "x.png", "");
    const csv = put(folder, "l.csv", `file,coarse\n${composed}/${apart}.png,a\nx.png,b\nnone/${apart}.png,b\n`);
    const [first, , third] = await readCsv(csv);
    // A file system that takes both forms for one knows it by either.
    expect(readFileSync(first!.file as string, "utf8")).toBe("");
    expect([first!.id, third!.file]).toEqual([`${composed}/${apart}.png`, join(folder, `none/${apart}.png`)]);
    const twice = put(folder, "t.csv", `file,coarse\n${composed}/${apart}.png,a\n${apart}/${composed}.png,b\n`);
    if (first!.file === join(folder, apart, `${composed}.png`)) {
      await expect(readCsv(twice)).rejects.toThrow("line 3: expected each image once");
    }
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
