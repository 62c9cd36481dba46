import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, pages } from "./markdown.ts";
import { openWorkplace, type Workplace } from "./workplace.ts";

/** Blocks marked ```sh run or ```ts run: what a reader would type, in one folder a page. A block marked ```text output after one is what it prints. */
const runnable = pages()
  .map((page) => ({ page, blocks: blocksOf(page).filter(({ marks }) => marks.includes("run")) }))
  .filter(({ blocks }) => blocks.length > 0);

const hasBash = spawnSync("bash", ["-c", "true"]).status === 0;
if (!hasBash) console.warn("SKIPPED: no bash; the commands of the documentation are not run");

test("there are blocks to run", () => {
  expect(runnable.map(({ page }) => page)).toContain("README.md");
});

describe.skipIf(!hasBash).each(runnable)("$page", ({ blocks }) => {
  let workplace: Workplace;
  beforeAll(async () => {
    workplace = await openWorkplace();
  });
  afterAll(() => workplace.remove());

  test.each(blocks)("$language block of line $line runs", async ({ page, line, language, text }) => {
    const { code, output } = await (language === "ts" ? workplace.program(text) : workplace.shell(text));
    expect(code, output).toBe(0);
    const next = blocksOf(page).find((block) => block.line > line);
    if (next?.marks.includes("output")) expect(output.trim()).toBe(next.text.trim());
  });
});
