import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleProposal, sampleRows, writeSample } from "../../../test/collection-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { editCollection } from "../edit.ts";
import { type JournalValues, journalLine } from "../journal-lines.ts";
import { openCollection, openWhole } from "../open.ts";

const ROWS = 100_000;
const ROUNDS = 2500;
/** About one in November 2026. A fold that looked at every row for every action would take minutes. */
const MOST_SECONDS = 15;

test("a hundred thousand rows with ten thousand actions open quickly", { timeout: 120_000 }, async () => {
  const folder = temporaryFolder();
  const rows = sampleRows(1, ROWS);
  await writeSample(folder, [rows], { trained: 1, frozen: 1 });
  const editor = await editCollection(folder);
  await editor.apply({ action: "propose", proposal: sampleProposal(rows, 2) });
  await editor.close();
  let { end } = (await openWhole(folder)).journal;
  const lines: Buffer[] = [];
  const add = (values: JournalValues) => {
    const next = journalLine(end, { n: end.n + 1, time: "2026-11-30T00:00:00.000Z", values });
    lines.push(next.line);
    end = next.end;
  };
  // Two groups of 15,000 images become one, of which ten images are a part again.
  let [a, b, free] = [1, 2, 7];
  for (let round = 0; round < ROUNDS; round++) {
    add({ action: "merge", groups: [a, b], made: `${free}` });
    add({ action: "name", group: free, name: `name ${round}` });
    const ids = Array.from({ length: 9 }, (_, i) => 1 + 3 * ((round * 9 + i) % 30_000)).filter((id) => id % 10 > 0);
    add({ action: "assign", ids: ids.sort((x, y) => x - y).join(","), group: free });
    add({ action: "split", group: free, parts: [ids.join(",")], rest: true, made: `${free + 1}-${free + 2}` });
    [a, b, free] = [free + 1, free + 2, free + 3];
  }
  appendFileSync(join(folder, "edits.jsonl"), Buffer.concat(lines));
  const started = performance.now();
  const opened = await openCollection(folder);
  const seconds = (performance.now() - started) / 1000;
  if (process.env.MASKCON_TIMES) console.log(`${seconds.toFixed(2)} s`);
  expect(opened.rows.groups.list.filter(({ coarse }) => coarse === "coarse 1").map(({ id }) => id)).toEqual([a, b]);
  expect(opened.rows.groups.list.reduce((sum, { size }) => sum + size, 0)).toBe(0.9 * ROWS);
  expect(seconds).toBeLessThan(MOST_SECONDS);
});
