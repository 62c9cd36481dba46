import { expect, it } from "vitest";
import type { Dataset } from "../data/index.ts";
import { neighboursPage } from "./neighbours-page.ts";

const pixels = new SharedArrayBuffer(4 * 2 * 2 * 3);
const dataset: Dataset = {
  name: "four",
  length: 4,
  coarseClasses: ["both"],
  fineClasses: ["<left>", "right"],
  coarse: new Int32Array(4),
  fine: Int32Array.from([0, 1, 0, 1]),
  ids: ["a", "b", "c", "d"],
  source: { kind: "memory", width: 2, height: 2, pixels },
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
};

it("is one file that marks right and wrong by more than colour", async () => {
  const features = { features: Float32Array.from([1, 0, 0, 1, 1, 0.1, 1, 0.2]), dim: 2 };
  const report = { coarse: { "1": 1 }, fine: { "1": 0.5 }, within: { "1": 0.5 } };
  const page = await neighboursPage(dataset, [{ title: "Frozen & co", features, report }], "facts");
  expect(page.match(/(src|href)="(?!data:image\/png;base64,)[^"]*"/g)).toEqual(['href="data:,"']);
  expect(page).toContain("default-src &#39;none&#39;; img-src data:;");
  expect(page).not.toContain("<script");
  expect(page).not.toContain("<left>");
  expect(page).toContain("Frozen &#38; co");
  // Query 0 finds its own class first; query 1 finds none but the last of it.
  expect(page.match(/<li class="(right|wrong)"/g)?.slice(0, 3)).toEqual([
    '<li class="right"',
    '<li class="wrong"',
    '<li class="wrong"',
  ]);
  expect(page.match(/<i class="spoken">(right|wrong):/g)).toHaveLength(12);
  expect(page).toContain("1 of 1 possible");
  expect(page).toContain('<td class="best">50.0%</td>');
});
