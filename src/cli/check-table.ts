import { relative } from "node:path";
import { printable } from "../core/index.ts";
import { type DatasetCheck, isSound } from "../data/index.ts";

/** What `data check` found, a line each: files first, then counts beside what they should be. */
export function checkTable(name: string, folder: string, check: DatasetCheck): string {
  const files = check.files.map(({ file, problem, note }): [boolean, string, string] => [
    problem === undefined,
    relative(folder, file) || file,
    problem ?? note ?? "",
  ]);
  const facts = check.facts.map(({ what, expected, found }): [boolean, string, string] => [
    expected === found,
    what,
    expected === found ? String(found) : `expected ${expected}, found ${found}`,
  ]);
  const verdict = isSound(check) ? `${name}: as it should be` : `${name}: not as it should be`;
  return `${[...block(files), "", ...block(facts), "", verdict].join("\n")}\n`;
}

function block(rows: readonly [ok: boolean, name: string, detail: string][]): string[] {
  const width = Math.min(40, Math.max(0, ...rows.map(([, name]) => printable(name).length)));
  return rows.map(([ok, name, detail]) => {
    return `${ok ? "ok " : "-- "} ${printable(name).padEnd(width)}  ${printable(detail)}`.trimEnd();
  });
}
