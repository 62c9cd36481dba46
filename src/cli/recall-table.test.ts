import { expect, it } from "vitest";
import { recallLine, recallTable } from "./recall-table.ts";

const report = { coarse: { "1": 0.9, "10": 1 }, fine: { "1": 0.686, "10": 0.95 }, within: { "1": 0.7412, "10": 0.96 } };

it("puts encoders side by side in percent, a block for each kind of label", () => {
  expect(recallTable({ frozen: { coarse: { "1": 0.5, "10": 0.75 } }, MaskCon: report, absent: undefined })).toBe(
    [
      "Recall@K in %, fine",
      "             R@1   R@10",
      "MaskCon     68.6   95.0",
      "",
      "Recall@K in %, fine, within the coarse class",
      "             R@1   R@10",
      "MaskCon     74.1   96.0",
      "",
      "Recall@K in %, coarse",
      "             R@1   R@10",
      "frozen      50.0   75.0",
      "MaskCon     90.0  100.0",
      "",
    ].join("\n"),
  );
});

it("says the first of each kind on one line", () => {
  expect(recallLine(report)).toBe("fine R@1 68.6  within R@1 74.1  coarse R@1 90.0");
  expect(recallLine({ coarse: { "1": 0.5 } })).toBe("coarse R@1 50.0");
});
