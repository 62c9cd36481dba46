import { printable } from "../core/index.ts";
import type { Answers, ClassReport, Interval, Measures } from "../eval/index.ts";

interface Compared<T> {
  readonly frozen: T;
  /** Of a model from a file. */
  readonly whitened?: T | undefined;
  readonly head?: T | undefined;
  /** Absent before the first step. */
  readonly trained?: T | undefined;
}

const kinds = [
  ["fine", "fine"],
  ["within", "fine, within the coarse class"],
  ["coarse", "coarse"],
] as const;

interface Column {
  readonly title: string;
  readonly mean: (measures: Measures) => number | undefined;
  readonly interval: (measures: Measures) => Interval | undefined;
}

const columns: readonly Column[] = [
  { title: "R@1", mean: ({ recall }) => recall["1"], interval: ({ intervals }) => intervals?.recall["1"] },
  { title: "P@10", mean: ({ precision }) => precision["10"], interval: ({ intervals }) => intervals?.precision["10"] },
  { title: "MAP@R", mean: ({ mapAtR }) => mapAtR, interval: ({ intervals }) => intervals?.mapAtR },
  { title: "k-NN", mean: ({ knn }) => knn, interval: ({ intervals }) => intervals?.knn },
  { title: "NMI", mean: ({ nmi }) => nmi, interval: ({ intervals }) => intervals?.nmi },
  { title: "ARI", mean: ({ ari }) => ari, interval: ({ intervals }) => intervals?.ari },
];

/** The measures of both encoders in percent with their intervals, and what training gained, a block for each question. */
export function measuresTable(
  { frozen, whitened, head, trained }: Compared<Answers<Measures>>,
  gain?: Answers<Measures>,
): string {
  const blocks = kinds.flatMap(([kind, title]) => {
    const [before, after, gained] = [frozen[kind], trained?.[kind], gain?.[kind]];
    const [white, first] = [whitened?.[kind], head?.[kind]];
    if (!before) return [];
    const rows = [
      ["", ...columns.map((column) => column.title)],
      ...lines("frozen", before, percent),
      ...(white ? lines("whitened", white, percent) : []),
      ...(first ? lines("head", first, percent) : []),
      ...(after ? lines("trained", after, percent) : []),
      ...(after && gained ? lines("gain", { ...gained, ...agreementGain(before, after) }, signed) : []),
    ];
    return [`In %, with 95% intervals: ${title}\n${aligned(rows)}`];
  });
  return `${blocks.join("\n\n")}\n`;
}

function agreementGain(before: Measures, after: Measures): { nmi?: number; ari?: number } {
  return {
    ...(before.nmi !== undefined && after.nmi !== undefined ? { nmi: after.nmi - before.nmi } : {}),
    ...(before.ari !== undefined && after.ari !== undefined ? { ari: after.ari - before.ari } : {}),
  };
}

function lines(name: string, measures: Measures, show: (share: number) => string): string[][] {
  const bounds = (interval: Interval | undefined) => (interval ? `${show(interval[0])} to ${show(interval[1])}` : "");
  const means = columns.map(({ mean }) => mean(measures));
  return [
    [name, ...means.map((mean) => (mean === undefined ? "-" : show(mean)))],
    ["", ...columns.map(({ interval }) => bounds(interval(measures)))],
  ];
}

/**
 * A row for each coarse class: its images among themselves by fine label, or, where fine labels are unknown, its images
 * in the whole set by coarse label.
 */
export function classTable({ frozen, trained }: Compared<readonly ClassReport[]>, names: readonly string[]): string {
  const shown = trained ?? frozen;
  const encoder = trained ? "trained" : "frozen";
  const kind = shown.some(({ within }) => within) ? "within" : "coarse";
  const title = kind === "within" ? "fine labels within each coarse class" : "each coarse class";
  const before = trained ? ["R@1 frozen"] : [];
  const after = [`R@1 ${encoder}`, "95%", "MAP@R", "k-NN", "NMI", "ARI"];
  const rows = shown.map((row, i) => {
    const measures = row[kind];
    const [recall, mapAtR, knn, nmi, ari] = [columns[0]!, columns[2]!, columns[3]!, columns[4]!, columns[5]!];
    const show = ({ mean }: Column) => maybe(measures && mean(measures));
    const interval = measures && recall.interval(measures);
    return [
      printable(names[row.coarseClass] ?? String(row.coarseClass)),
      String(row.images),
      row.fineClasses === undefined ? "-" : String(row.fineClasses),
      ...before.map(() => maybe(frozen[i]?.[kind]?.recall["1"])),
      show(recall),
      interval ? `${percent(interval[0])} to ${percent(interval[1])}` : "-",
      ...[mapAtR, knn, nmi, ari].map(show),
    ];
  });
  const heading = ["class", "images", "fine classes", ...before, ...after];
  return `In %, ${title}, ${encoder} encoder\n${aligned([heading, ...rows])}\n`;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const signed = (share: number): string => `${share >= 0 ? "+" : ""}${percent(share)}`;
const maybe = (share: number | undefined): string => (share === undefined ? "-" : percent(share));

/** Columns as wide as their widest cell, the first to the left. */
function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
