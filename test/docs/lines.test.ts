import { expect, test } from "vitest";
import { pages, proseLines, readPage } from "./markdown.ts";

const WIDEST = 120;

/** Lines of prose that are too long, as `line: characters`. */
const tooLong = (page: string): string[] =>
  proseLines(page)
    .map(({ line, text }) => ({ line, width: [...text].length }))
    .filter(({ width }) => width > WIDEST)
    .map(({ line, width }) => `${line}: ${width} characters`);

test.each(pages())(`prose lines of %s have at most ${WIDEST} characters`, (page) => {
  expect(tooLong(readPage(page))).toEqual([]);
});

const wide = `${"x ".repeat(60)}x`;

test.each([
  ["a paragraph", `Text.\n\n${wide}`, 3],
  ["a heading", `# ${wide}`, 1],
  ["a list item", `- ${wide}`, 1],
  ["the second line of a list item", `1. Text\n    ${wide}`, 2],
  ["a line after a fence", `\`\`\`sh\nls\n\`\`\`\n${wide}`, 4],
  ["a line after indented code", `    ls\n\n${wide}`, 3],
  ["a link within a sentence", `See [this](https://example.com/) ${wide}`, 1],
])("a long line is flagged in %s", (_, page, line) => {
  expect(tooLong(page)).toEqual([expect.stringMatching(`^${line}: `)]);
});

test.each([
  ["a line of 120 characters", "x".repeat(WIDEST)],
  ["a table", `| a |\n| --- |\n| ${wide} |`],
  ["a fenced block", `\`\`\`sh\n${wide}\n\`\`\``],
  ["indented code", `Text.\n\n    ls\n\n    ${wide}`],
  ["a link alone", `[text](https://example.com/${"x".repeat(WIDEST)})`],
])("a long line is allowed in %s", (_, page) => {
  expect(tooLong(page)).toEqual([]);
});
