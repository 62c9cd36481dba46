import { expect, it } from "vitest";
import type { Measures } from "../eval/index.ts";
import { showEvalProgress } from "./eval-progress.ts";
import { classTable, measuresTable } from "./measures-table.ts";

const measures = (value: number, more: Partial<Measures> = {}): Measures => ({
  ...{ images: 8, alone: 0, recall: { "1": value }, precision: { "10": value / 2 }, mapAtR: value / 4, knn: value },
  intervals: {
    recall: { "1": [value - 0.02, value + 0.01] },
    precision: { "10": [0, 0.5] },
    mapAtR: [0, 0.25],
    knn: [0.1, 1],
  },
  ...more,
});

it("puts both encoders and the gain below each other, a block for each question asked", () => {
  const frozen = { coarse: measures(0.5, { nmi: 0.25, ari: 0.1 }) };
  const trained = { coarse: measures(0.75, { nmi: 0.5, ari: 0.05 }) };
  const gain = { coarse: measures(0.25) };
  const text = measuresTable({ frozen, trained }, gain);
  // The next test has the alignment.
  expect(text.split("\n").map((line) => line.trim().split(/ {2,}/))).toEqual([
    ["In %, with 95% intervals: coarse"],
    ["R@1", "P@10", "MAP@R", "k-NN", "NMI", "ARI"],
    ["frozen", "50.0", "25.0", "12.5", "50.0", "25.0", "10.0"],
    ["48.0 to 51.0", "0.0 to 50.0", "0.0 to 25.0", "10.0 to 100.0"],
    ["trained", "75.0", "37.5", "18.8", "75.0", "50.0", "5.0"],
    ["73.0 to 76.0", "0.0 to 50.0", "0.0 to 25.0", "10.0 to 100.0"],
    ["gain", "+25.0", "+12.5", "+6.3", "+25.0", "+25.0", "-5.0"],
    ["+23.0 to +26.0", "+0.0 to +50.0", "+0.0 to +25.0", "+10.0 to +100.0"],
    [""],
  ]);
});

it("shows the intervals of NMI and ARI where they are known", () => {
  const { intervals } = measures(0.5);
  const known = measures(0.5, {
    nmi: 0.25,
    ari: 0.1,
    intervals: { ...intervals!, nmi: [0.2, 0.3], ari: [0.05, 0.15] },
  });
  expect(measuresTable({ frozen: { coarse: known } })).toContain("20.0 to 30.0  5.0 to 15.0\n");
});

it("has a row for each coarse class, by name", () => {
  const row = (value: number) => ({
    images: 8,
    fineClasses: 2,
    coarse: measures(0.9),
    within: measures(value, { nmi: 1 }),
  });
  const trained = [
    { coarseClass: 1, ...row(0.75) },
    { coarseClass: 2, images: 3, coarse: measures(0.9) },
  ];
  const frozen = [
    { coarseClass: 1, ...row(0.5) },
    { coarseClass: 2, images: 3, coarse: measures(0.8) },
  ];
  expect(classTable({ frozen, trained }, ["cats", "dogs"])).toBe(
    [
      "In %, fine labels within each coarse class, trained encoder",
      "class  images  fine classes  R@1 frozen  R@1 trained           95%  MAP@R  k-NN    NMI  ARI",
      "dogs        8             2        50.0         75.0  73.0 to 76.0   18.8  75.0  100.0    -",
      "2           3             -           -            -             -      -     -      -    -",
      "",
    ].join("\n"),
  );
  const coarse = { frozen: [frozen[1]!], trained: [trained[1]!] };
  expect(classTable(coarse, [])).toMatch(/^In %, each coarse class, .*\n.*\n2 +3 +- +80\.0 +90\.0 +88\.0 to 91\.0 /);
});

it("tells how far it is: moving on a terminal, now and then elsewhere", () => {
  const said: string[] = [];
  let clock = 0;
  const of = (columns: number | undefined) =>
    showEvalProgress({ out: () => {}, err: (text) => void said.push(text), columns }, { now: () => clock });
  const at = (done: number) => ({ phase: "neighbours", done, total: 200 }) as const;
  const plain = of(undefined);
  plain.show("frozen encoder", at(1));
  clock += 31_000;
  plain.show("frozen encoder", at(99));
  plain.clear();
  expect(said.splice(0)).toEqual(["frozen encoder: neighbours 49%\n"]);
  const live = of(20);
  live.show("x", at(1));
  clock += 200;
  live.show("frozen encoder", at(200));
  live.clear();
  expect(said).toEqual(["\r\x1b[Kfrozen encoder: nei", "\r\x1b[K"]);
});

it("shows names as text", () => {
  const measures = { images: 9, alone: 2, recall: { "1": 0.5 }, precision: { "10": 0.5 }, mapAtR: 0.1, knn: 0.2 };
  const row = { coarseClass: 0, images: 9, coarse: measures };
  expect(classTable({ frozen: [row], trained: [row] }, ["a\n\u001b[2Jb"])).toContain("a\\n\\u001b[2Jb");
});
