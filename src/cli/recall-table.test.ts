import { expect, it } from "vitest";
import { behindFrozen, recallLine, recallTable } from "./recall-table.ts";

const report = {
  coarse: { "1": 0.9, "100": 1 },
  fine: { "1": 0.686, "100": 0.95 },
  within: { "1": 0.7412, "100": 0.96 },
};

it("puts encoders side by side in percent, a block for each kind of label", () => {
  expect(recallTable({ frozen: { coarse: { "1": 0.5, "100": 0.75 } }, MaskCon: report, absent: undefined })).toBe(
    [
      "Recall@K in %, fine",
      "             R@1  R@100",
      "MaskCon     68.6   95.0",
      "",
      "Recall@K in %, fine, within the coarse class",
      "             R@1  R@100",
      "MaskCon     74.1   96.0",
      "",
      "Recall@K in %, coarse",
      "             R@1  R@100",
      "frozen      50.0   75.0",
      "MaskCon     90.0  100.0",
      "",
    ].join("\n"),
  );
});

it("says once that some K are left out", () => {
  const few = { coarse: { "1": 0.5, "2": 0.6 }, fine: { "1": 0.5 } };
  expect(recallTable({ frozen: few, trained: few })).toBe(
    [
      "Recall@K in %, fine",
      "             R@1",
      "frozen      50.0",
      "trained     50.0",
      "",
      "Recall@K in %, coarse",
      "             R@1    R@2",
      "frozen      50.0   60.0",
      "trained     50.0   60.0",
      "",
      "K is left out where it is not smaller than the number of images that are searched",
      "",
    ].join("\n"),
  );
});

it("says the first of each kind on one line", () => {
  expect(recallLine(report)).toBe("fine R@1 68.6  within R@1 74.1  coarse R@1 90.0");
  expect(recallLine({ coarse: { "1": 0.5 } })).toBe("coarse R@1 50.0");
});

it("says where training made neighbours right less often, by the fine labels if they are known", () => {
  const coarse = (share: number) => ({ coarse: { "1": share } });
  expect(behindFrozen(coarse(0.455), coarse(0.333))).toBe(
    "neighbours are right less often than before: coarse R@1 33.3 after training, 45.5 before; train longer, or start from other weights (--init)",
  );
  expect(behindFrozen({ ...report, ...coarse(1) }, report)).toBeUndefined();
  expect(behindFrozen({ ...report, fine: { "1": 0.7 } }, report)).toMatch(
    /fine R@1 68\.6 after training, 70\.0 before/,
  );
  expect(behindFrozen(coarse(0.5), coarse(0.5))).toBeUndefined();
  expect(behindFrozen(undefined, report)).toBeUndefined();
});
