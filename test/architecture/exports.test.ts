import { describe, expect, it } from "vitest";
import { exportsOf, readUsers, sharedNames, unusedExports } from "./exports.ts";
import { readSources } from "./names.ts";

/** Names that several files may export, each with the reason. */
const shared: Readonly<Record<string, string>> = {
  command: "each file of src/cli/usage exports its command",
  compileEncoder: "the page's door has a device of its own",
  compileStep: "the page's door has a device of its own",
  createExecutor: "one contract, in Node and in a page",
  blockSize: "one contract, in Node and in a page",
  TRAIN: "the names of a set's own files of its splits",
  TEST: "the names of a set's own files of its splits",
  fileNames: "the names of a set's own files, and the columns that hold file names",
  placeOf: "where a set lies, and where an image does; neither leaves its folder",
  reasonOf: "the words of one library's errors; neither leaves its folder",
  typeName: "a type's name in one format; neither leaves its folder",
};

describe("exports of src", () => {
  const sources = readSources();
  const names = sharedNames(sources);
  // An op's definition and the function that writes it: `add` of ops and `add(a, 1)` of graph/math.ts.
  const isOp = (files: readonly string[]) =>
    files.length === 2 &&
    files.includes("src/engine/graph/math.ts") &&
    files.some((f) => /^src\/engine\/ops\//.test(f));

  it("have one name for one thing", () => {
    expect(names.size).toBeGreaterThan(10);
    expect([...names].filter(([name, files]) => !isOp(files) && !(name in shared))).toEqual([]);
  });

  it("are used by another file", () => {
    expect(unusedExports(readUsers())).toEqual([]);
  });
});

describe("the checker", () => {
  const file = (name: string, text: string) => ({ file: `src/${name}.ts`, text });

  it("reads declarations, not re-exports", () => {
    const text =
      'export const a = 1; export interface B {} export function c() {} const d = 2; export { e } from "./e.ts";';
    expect(exportsOf(file("a", text)).map(({ name, isType }) => [name, isType])).toEqual([
      ["a", false],
      ["B", true],
      ["c", false],
    ]);
  });

  it("finds a name that two files export", () => {
    const sources = [
      file("a", "export type Slice = 1;"),
      file("b", "export interface Slice {}"),
      file("c", "type Slice = 2;"),
    ];
    expect([...sharedNames(sources)]).toEqual([["Slice", ["src/a.ts", "src/b.ts"]]]);
  });

  it("finds exports that nothing uses, through an index too", () => {
    const sources = [
      file("x/a", "export const a = 1; export const b = 2; export const c = 3; export type T = 1;"),
      file("x/index", 'export { a, b as d } from "./a.ts";'),
      file("y/b", 'import { d } from "../x/index.ts"; export const lonely = () => d;'),
      { file: "test/z.ts", text: 'import { e } from "../src/x/other.ts";' },
      file("x/other", "export const e = 1;"),
    ];
    expect(unusedExports(sources)).toEqual(["src/x/a.ts: a", "src/x/a.ts: c", "src/y/b.ts: lonely"]);
  });

  it("takes what the public doors, namespaces and import() name as used", () => {
    const sources = [
      file("a", "export const a = 1;"),
      file("b", "export const b = 1;"),
      file("c", "export const c = 1;"),
      file("index", 'export { a } from "./a.ts";'),
      file("d", 'import * as b from "./b.ts"; b.b; await import("./c.ts");'),
    ];
    expect(unusedExports(sources)).toEqual([]);
  });
});
