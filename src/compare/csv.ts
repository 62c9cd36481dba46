import { recallKs } from "../eval/index.ts";
import { type Row, recallKinds } from "./rows.ts";
import type { Summary } from "./statistics.ts";

/**
 * One line for each row of the comparison. Recall in %, 4 decimals; a deviation is the sample's over seeds, empty for one
 * seed; unknown figures are empty.
 */
export function csvOf(rows: readonly Row[]): string {
  const settings = [...new Set(rows.flatMap(({ varied }) => Object.keys(varied)))];
  const figures = recallKinds.flatMap((kind) => recallKs.map((k) => ({ kind, k })));
  const head = [
    ...["name", "method", "reference", ...settings, "seeds_finished", "seeds"],
    ...figures.flatMap(({ kind, k }) => pair(`${kind}_r${k}`)),
    ...pair("train_seconds"),
    ...pair("images_per_second"),
  ];
  const lines = rows.map((row) => [
    ...[row.name, row.kind, String(row.reference), ...settings.map((key) => String(row.varied[key] ?? ""))],
    ...[String(row.n), String(row.seeds)],
    ...figures.flatMap(({ kind, k }) => figure(row.recall[kind][String(k)], 100)),
    ...figure(row.trainSeconds, 1),
    ...figure(row.imagesPerSecond, 1),
  ]);
  return [head, ...lines].map((line) => `${line.map(field).join(",")}\r\n`).join("");
}

const pair = (name: string) => [`${name}_mean`, `${name}_sd`];

const figure = (summary: Summary | undefined, scale: number): string[] =>
  [summary?.mean, summary?.deviation].map((value) => (value === undefined ? "" : String(round(scale * value))));

const round = (value: number) => Math.round(1e4 * value) / 1e4;

const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
