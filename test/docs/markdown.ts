import { readdirSync, readFileSync } from "node:fs";

export const root = new URL("../../", import.meta.url);

/** Every page a reader may open, by path from the repository's root. */
export function pages(): string[] {
  const inside = (folder: string) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}/${name}`);
  return [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    ...["docs", "bench", "src/formats", "tools/reference", "test/golden"].flatMap(inside),
  ];
}

/** The API reference, which is written from docstrings. */
export const apiPages = (): string[] => readdirSync(new URL("docs/api", root)).map((name) => `docs/api/${name}`);

export const readPage = (page: string): string => readFileSync(new URL(page, root), "utf8");

export interface Block {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  /** What follows the language: `run` marks a block that a test runs. */
  readonly marks: readonly string[];
  readonly text: string;
}

/** The fenced blocks of a page. */
export function blocksOf(page: string): Block[] {
  const lines = readPage(page).split("\n");
  const blocks: Block[] = [];
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w+)?(.*)$/.exec(lines[i]!);
    if (!fence) continue;
    const end = lines.findIndex((line, at) => at > i && line.startsWith("```"));
    if (end < 0) throw new Error(`${page}:${i + 1}: a fence that never ends`);
    const marks = fence[2]!.trim().split(/\s+/).filter(Boolean);
    blocks.push({ page, line: i + 1, language: fence[1] ?? "", marks, text: lines.slice(i + 1, end).join("\n") });
    i = end;
  }
  return blocks;
}

export interface Line {
  readonly line: number;
  readonly text: string;
}

/** The lines of prose, headings and lists: those outside of fences, indented code and tables, and not only a link. */
export function proseLines(page: string): Line[] {
  let fenced = false;
  let indented = false;
  let afterBlank = true;
  return page.split("\n").flatMap((text, i) => {
    const fence = /^\s*```/.test(text);
    if (fence) fenced = !fenced;
    const blank = text.trim() === "";
    // Indented code begins after a blank line; without one, the indented line continues a list.
    indented = !fenced && (blank ? indented : /^ {4}/.test(text) && (indented || afterBlank));
    afterBlank = blank;
    const other = fence || fenced || indented || blank || /^\s*\|/.test(text) || LINK_ALONE.test(text);
    return other ? [] : [{ line: i + 1, text }];
  });
}

const LINK_ALONE = /^\s*(?:[-*] )?!?\[[^\]]*\]\([^)\s]+\)[.,:]?$/;

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** Links to files of the repository and to headings, outside of code. */
export function localLinks(page: string): Link[] {
  let fenced = false;
  return readPage(page)
    .split("\n")
    .flatMap((text, i) => {
      if (text.startsWith("```")) fenced = !fenced;
      if (fenced || text.startsWith("    ")) return [];
      const targets = [...text.replace(/`[^`]*`/g, "").matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
      return targets.filter((target) => !/^[a-z]+:/.test(target)).map((target) => ({ target, line: i + 1 }));
    });
}

/** The anchors of a page: its own, and those that GitHub makes of headings, numbered where they were there before. */
export function anchorsOf(page: string): string[] {
  const before = new Map<string, number>();
  const text = readPage(page);
  const own = [...text.matchAll(/^<a id="([^"]+)"><\/a>$/gm)].map((match) => match[1]!);
  const made = [...text.matchAll(/^#+ (.*)$/gm)].map((match) => {
    const anchor = match[1]!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const count = before.get(anchor) ?? 0;
    before.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
  return [...own, ...made];
}
