import { leftOutLine } from "../eval/index.ts";
import { type Difference, differencesOf, gainsOf } from "./differences.ts";
import { besideEncoders } from "./matters.ts";
import { otherImages, type PaperImages, type PaperTable } from "./paper-numbers.ts";
import type { Plot } from "./plots.ts";
import { type CompareRow, ksOfRows, type RecallKind, recallKinds } from "./rows.ts";
import type { Summary } from "./statistics.ts";

interface CommandLine {
  readonly name: string;
  readonly seed: number;
  readonly command: string;
}

interface MarkdownParts {
  readonly title: string;
  /** What was run on what, one line each. */
  readonly facts: readonly string[];
  readonly rows: readonly CompareRow[];
  readonly paper: PaperTable | undefined;
  /** The images of the runs, where one has finished. */
  readonly dataset: PaperImages | undefined;
  readonly plots: readonly Plot[];
  /** Folder of the plots, relative to the page. */
  readonly plotFolder: string;
  readonly commands: readonly CommandLine[];
}

const titles: Readonly<Record<RecallKind, string>> = {
  fine: "Fine labels",
  within: "Fine labels, within the coarse class",
  coarse: "Coarse labels",
};

/** The report of a comparison as a Markdown page. */
export function markdownOf({ title, facts, rows, paper, dataset, plots, plotFolder, commands }: MarkdownParts): string {
  const sections = [
    `# ${cell(title)}`,
    facts.map((fact) => `- ${cell(fact)}`).join("\n"),
    note(rows),
    ...recallKinds.flatMap((kind) => recallSection(kind, rows)),
    ...paperSection(paper, dataset, rows),
    timeSection(rows),
    ...problemSection(rows),
    ...(plots.length > 0
      ? ["## Plots", ...plots.map(({ name, title: of }) => `![${of}](${plotFolder}/${name}.svg)`)]
      : []),
    commandSection(commands),
  ];
  return `${sections.join("\n\n")}\n`;
}

function note(rows: readonly CompareRow[]): string {
  const deviation = rows.some(({ n }) => n > 1)
    ? "mean ± sample standard deviation over the n finished seeds"
    : "one seed";
  const reference = rows.some(({ reference: is }) => is)
    ? " The upper reference is trained with the fine labels: it stands outside the fair comparison."
    : "";
  const coarse = rows.some(({ recall }) => recall.coarse["1"]) && !rows.some(({ recall }) => recall.fine["1"]);
  const alone = coarse ? " On the coarse labels alone: no two test images are known to share a fine class." : "";
  const leftOut = leftOutLine(rows.flatMap(({ recall }) => Object.values(recall)));
  const few = leftOut ? ` ${leftOut}.` : "";
  return `Recall@K in %, leave-one-out on the test images, ${deviation}.${few}${reference}${alone}`;
}

function recallSection(kind: RecallKind, rows: readonly CompareRow[]): string[] {
  if (!rows.some(({ recall }) => recall[kind]["1"])) return [];
  const ks = ksOfRows(kind, rows);
  const lines = rows.map((row) => [
    ...[labelOf(row), seedsOf(row)],
    ...ks.map((k) => figure(row.recall[kind][String(k)], 100, 2)),
  ]);
  return [
    `## ${titles[kind]}`,
    table(["method", "n", ...ks.map((k) => `R@${k}`)], lines),
    ...differenceTable(kind, rows),
    ...gainTable(kind, rows),
  ];
}

/** How far each row is behind the leading one, seed by seed. */
function differenceTable(kind: RecallKind, rows: readonly CompareRow[]): string[] {
  const differences = differencesOf(kind, rows);
  if (!differences?.others.some(({ interval }) => interval)) return [];
  const { leader, others } = differences;
  const lines = others.map(({ row, n, mean, interval }) => [
    ...[labelOf(row), String(n), points(mean)],
    interval ? `${points(interval[0])} to ${points(interval[1])}` : "–",
  ]);
  const text =
    `R@1 less that of ${cell(leader.name)}, which leads, in points: paired by seed, with the 95% interval of the mean by the ` +
    "spread over the seeds. That the test images are a sample comes on top.";
  return [text, table(["method", "n", "R@1 less", "95% interval"], lines)];
}

const over = { frozen: "the frozen model", whitened: "whitened", head: "its head" } as const;

/** What training added to each row behind a model from a file. */
function gainTable(kind: RecallKind, rows: readonly CompareRow[]): string[] {
  const gains = gainsOf(kind, rows);
  const names = besideEncoders.filter((name) => gains.some((gain) => gain.over[name]));
  if (names.length === 0) return [];
  const lines = gains.map((gain) => [labelOf(gain.row), ...names.map((name) => gainText(gain.over[name]))]);
  const text =
    "What training added to R@1, in points: each trained row less the rows that its runs began with, paired by seed, " +
    "with the 95% interval where there are several seeds.";
  return [text, table(["method", ...names.map((name) => `over ${over[name]}`)], lines)];
}

function gainText(difference: Difference | undefined): string {
  if (!difference) return "–";
  const { mean, interval } = difference;
  return interval ? `${points(mean)} (${points(interval[0])} to ${points(interval[1])})` : points(mean);
}

function points(difference: number): string {
  const text = (100 * Math.abs(difference)).toFixed(2);
  return text === "0.00" ? text : `${difference < 0 ? "−" : "+"}${text}`;
}

/** Ours and the reported numbers side by side, at the K that the paper's protocol prints first. */
function paperSection(
  paper: PaperTable | undefined,
  dataset: PaperImages | undefined,
  rows: readonly CompareRow[],
): string[] {
  if (!paper) return [];
  const head = `## Beside the paper: ${paper.title}`;
  const others = dataset && otherImages(paper, dataset);
  if (others) return [head, `Left out: ${others}.`];
  const ks = [1, 2, 5, 10];
  const lines = rows.map((row) => {
    const known = row.name === row.kind ? paper.reported[row.kind] : undefined;
    const pairs = ks.flatMap((k, i) => [
      figure(row.recall.fine[String(k)], 100, 2),
      known?.recall[i] === undefined ? "–" : known.recall[i].toFixed(2),
    ]);
    return [labelOf(row), ...pairs, known?.source ?? "–"];
  });
  const columns = ["method", ...ks.flatMap((k) => [`R@${k}, ours`, `R@${k}, reported`]), "reported by"];
  const notes = [
    `Reported numbers of Feng & Patras, "MaskCon: Masked Contrastive Learning for Coarse-Labelled Dataset", CVPR 2023; a dash where none was at hand.`,
    ...paper.notes,
  ];
  return [head, notes.join(" "), table(columns, lines)];
}

function timeSection(rows: readonly CompareRow[]): string {
  const lines = rows.map((row) => [
    ...[labelOf(row), seedsOf(row)],
    figure(row.trainSeconds && perMinute(row.trainSeconds), 1, 2),
    figure(row.imagesPerSecond, 1, 0),
  ]);
  return [
    "## Time",
    "Minutes of training are the steps' alone, without evaluations and checkpoints; those of a head that is trained before " +
      "a model itself count. Images/s leave these out, and the first steps of a process.",
    table(["method", "n", "training, minutes", "images/s"], lines),
  ].join("\n\n");
}

const perMinute = ({ mean, deviation, n }: Summary): Summary => ({
  mean: mean / 60,
  deviation: deviation === undefined ? undefined : deviation / 60,
  n,
});

function problemSection(rows: readonly CompareRow[]): string[] {
  const lines = rows.flatMap(({ name, problems }) => problems.map((problem) => `- ${cell(name)}, ${cell(problem)}`));
  return lines.length > 0 ? ["## Without a result", lines.join("\n")] : [];
}

function commandSection(commands: readonly CommandLine[]): string {
  const blocks = commands.map(({ name, seed, command }) => `# ${name}, seed ${seed}\n${command}`);
  return [
    "## Commands",
    "Each makes one run again. A frozen encoder is the `frozen` line of its command, before the only step.",
    `\`\`\`sh\n${blocks.join("\n")}\n\`\`\``,
  ].join("\n\n");
}

const labelOf = ({ name, reference }: CompareRow) => `${cell(name)}${reference ? " (upper reference)" : ""}`;

const seedsOf = ({ n, seeds }: CompareRow) => (n === seeds ? String(n) : `${n} of ${seeds}`);

function figure(summary: Summary | undefined, scale: number, digits: number): string {
  if (!summary) return "–";
  const mean = (scale * summary.mean).toFixed(digits);
  return summary.deviation === undefined ? mean : `${mean} ± ${(scale * summary.deviation).toFixed(digits)}`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? "---" : "---:"));
  return [head, rule, ...lines].map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** Text that Markdown does not take for its own signs, on one line. */
const cell = (text: string) => text.replace(/[\\`*_|<[\]]/g, "\\$&").replace(/\s+/g, " ");
