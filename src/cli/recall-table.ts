import { type EvalReport, leftOutLine } from "../eval/index.ts";

const kinds = [
  ["fine", "fine"],
  ["within", "fine, within the coarse class"],
  ["coarse", "coarse"],
] as const;

/** Recall@K in percent, a block for each kind of label and a row for each encoder; kinds nobody has are left out. A line says where some K are. */
export function recallTable(reports: Readonly<Record<string, EvalReport | undefined>>): string {
  const rows = Object.entries(reports).filter((row): row is [string, EvalReport] => row[1] !== undefined);
  const width = Math.max(8, ...rows.map(([name]) => name.length));
  const blocks = kinds.flatMap(([kind, title]) => {
    const known = rows.filter(([, report]) => report[kind] !== undefined);
    const ks = Object.keys(known[0]?.[1][kind] ?? {});
    if (ks.length === 0) return [];
    const head = `${"".padEnd(width)}  ${ks.map((k) => `R@${k}`.padStart(6)).join(" ")}`;
    const lines = known.map(
      ([name, report]) =>
        `${name.padEnd(width)}  ${ks.map((k) => percentText(report[kind]?.[k]).padStart(6)).join(" ")}`,
    );
    return [[`Recall@K in %, ${title}`, head, ...lines].join("\n")];
  });
  const leftOut = leftOutLine(rows.flatMap(([, { fine, within, coarse }]) => [fine, within, coarse]));
  return `${[...blocks, ...(leftOut ? [leftOut] : [])].join("\n\n")}\n`;
}

export const percentText = (share: number | undefined): string =>
  share === undefined ? "-" : (100 * share).toFixed(1);

/** One line: what matters most of a report. */
export function recallLine({ fine, within, coarse }: EvalReport): string {
  const parts = [
    ["fine", fine],
    ["within", within],
    ["coarse", coarse],
  ] as const;
  return parts.flatMap(([name, recall]) => (recall ? [`${name} R@1 ${percentText(recall["1"])}`] : [])).join("  ");
}

/** A line where training made neighbours right less often, by the fine labels if they are known; else undefined. */
export function behindFrozen(frozen: EvalReport | undefined, trained: EvalReport | undefined): string | undefined {
  const kind = frozen?.fine && trained?.fine ? "fine" : "coarse";
  const [before, after] = [frozen?.[kind]?.["1"], trained?.[kind]?.["1"]];
  if (before === undefined || after === undefined || after >= before) return undefined;
  const found = `${kind} R@1 ${percentText(after)} after training, ${percentText(before)} before`;
  return `neighbours are right less often than before: ${found}; train longer, or start from other weights (--init)`;
}
