import { recallKs } from "../eval/index.ts";
import type { CellResult } from "./results.ts";
import { type CompareRow, recallKinds } from "./rows.ts";
import type { Summary } from "./statistics.ts";

const figures = recallKinds.flatMap((kind) => recallKs.map((k) => ({ kind, k })));

/**
 * One line for each row of the comparison. Recall in %, 4 decimals; a deviation is the sample's over seeds, empty for one
 * seed; unknown figures are empty.
 */
export function csvOf(rows: readonly CompareRow[]): string {
  const settings = [...new Set(rows.flatMap(({ varied }) => Object.keys(varied)))];
  const head = [
    ...["name", "method", "encoder", "reference", ...settings, "seeds_finished", "seeds"],
    ...figures.flatMap(({ kind, k }) => pair(`${kind}_r${k}`)),
    ...pair("train_seconds"),
    ...pair("images_per_second"),
  ];
  const lines = rows.map((row) => [
    ...[row.name, row.kind, row.encoder, String(row.reference)],
    ...[...settings.map((key) => String(row.varied[key] ?? "")), String(row.n), String(row.seeds)],
    ...figures.flatMap(({ kind, k }) => figure(row.recall[kind][String(k)], 100)),
    ...figure(row.trainSeconds, 1),
    ...figure(row.imagesPerSecond, 1),
  ]);
  return textOf([head, ...lines]);
}

/** One line for each row and seed: its own figures, so that others can count with them. Recall in %, 4 decimals. */
export function runsCsvOf(results: readonly CellResult[]): string {
  const settings = [...new Set(results.flatMap(({ cell }) => Object.keys(cell.varied)))];
  const head = [
    ...["name", "method", "encoder", ...settings, "seed", "status"],
    ...figures.map(({ kind, k }) => `${kind}_r${k}`),
    "train_seconds",
  ];
  const lines = results.map(({ cell, state, report }) => [
    ...[cell.name, cell.kind, cell.encoder, ...settings.map((key) => String(cell.varied[key] ?? ""))],
    ...[String(cell.seed), state?.status ?? "new"],
    ...figures.map(({ kind, k }) => number(report?.[kind]?.[String(k)], 100)),
    number(report && state?.timing?.seconds, 1),
  ]);
  return textOf([head, ...lines]);
}

const textOf = (lines: readonly (readonly string[])[]) =>
  lines.map((line) => `${line.map(field).join(",")}\r\n`).join("");

const pair = (name: string) => [`${name}_mean`, `${name}_sd`];

const figure = (summary: Summary | undefined, scale: number): string[] =>
  [summary?.mean, summary?.deviation].map((value) => number(value, scale));

const number = (value: number | undefined, scale: number): string =>
  value === undefined ? "" : String(Math.round(1e4 * scale * value) / 1e4);

const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
