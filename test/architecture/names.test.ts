import { describe, expect, it } from "vitest";
import { methodNames } from "../../src/methods/index.ts";
import { backboneNames } from "../../src/nn/index.ts";
import {
  misformedThrows,
  misnamedConstants,
  privateWords,
  quotedNames,
  readSources,
  requireFunctions,
  type Source,
} from "./names.ts";

/** Files that may name single methods or backbones besides their tables, each with the reason. */
const namers: Readonly<Record<string, string>> = {
  "src/config/backbone.ts": "the usual backbone",
  "src/config/presets.ts": "what a preset sets",
  "src/compare/cells.ts": "the cheapest run that has an untrained encoder",
  "src/compare/paper-grids.ts": "the rows of the paper's tables",
  "src/cli/demo.ts": "what the demo compares",
  "src/diagnose/plot.ts": "the two ends of the scale",
};

const sources = readSources();
// The package has MaskCon's name.
const names = [...methodNames.filter((name) => name !== "maskcon"), ...backboneNames];

describe("names in src", () => {
  it("of module-level numbers, strings and booleans are in UPPER_CASE", () => {
    expect(sources.length).toBeGreaterThan(500);
    expect(sources.flatMap(misnamedConstants)).toEqual([]);
  });

  it('of errors have one form: @throws MaskconError "code"', () => {
    expect(sources.flatMap(misformedThrows)).toEqual([]);
  });

  it("leave require to Node", () => {
    expect(sources.flatMap(requireFunctions)).toEqual([]);
  });

  it("and comments have no private words", () => {
    expect(sources.flatMap(privateWords)).toEqual([]);
  });

  it("of methods and backbones stand in their tables alone", () => {
    const others = sources.filter(({ file }) => !(file in namers));
    expect(others.flatMap((source) => quotedNames(source, names))).toEqual([]);
    const users = sources.filter((source) => quotedNames(source, names).length > 0).map(({ file }) => file);
    expect(users.sort()).toEqual(Object.keys(namers).sort());
  });
});

describe("the checker", () => {
  const source = (text: string): Source => ({ file: "src/nn/a.ts", text });

  it.each([
    "const limit = 4;",
    "export const limit = -2 ** 20;",
    'const name: string = "a";',
    "const name = `a`;",
    "const yes = true;",
    "const T0 = 1, eps = 1e-5;",
    "const root = Math.sqrt(2);",
    "const most = Number.POSITIVE_INFINITY;",
    "const half = LIMIT / 2;",
  ])("finds %s", (text) => {
    expect(misnamedConstants(source(text))).toEqual([expect.stringMatching(/^src\/nn\/a\.ts:1: const [a-z]/)]);
  });

  it.each([
    "const LIMIT = 4;",
    "const list = [1];",
    "const f = () => 1;",
    "const re = /a/;",
    "function f() { const a = 1; }",
  ])("passes %s", (text) => {
    expect(misnamedConstants(source(text))).toEqual([]);
  });

  it.each([
    ["/** Reads. Throws `data` where it is cut. */", 1],
    ["/**\n * @throws MaskconError `data` where it is cut\n */", 1],
    ["/**\n * @throws an error\n */", 1],
    ['/**\n * @throws MaskconError "data" where it is cut.\n */', 0],
    ["// the engine throws where it must", 0],
  ])("judges %j", (text, count) => {
    expect(misformedThrows(source(text))).toHaveLength(count);
  });

  it.each([
    ["// no border betrays it", 1],
    ["const got = 1;", 1],
    ["// forgotten, a stranger", 1],
    ["// a forgotten tolerance", 0],
  ])("judges the words of %j", (text, count) => {
    expect(privateWords(source(text))).toHaveLength(count);
  });

  it("finds functions called require, and quoted names", () => {
    expect(requireFunctions(source("function require() {}"))).toHaveLength(1);
    const text = 'type Name = "supcon"; const x: Name = "supcon"; const y = { supcon: 1 };';
    expect(quotedNames(source(text), ["supcon"])).toHaveLength(1);
  });
});
