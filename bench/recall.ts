import { ownEntry, type Python, pythonEntry } from "./python.ts";
import { blasNotes, type Report } from "./report.ts";
import { alternate, type Outcome } from "./rounds.ts";

export interface RecallWork {
  readonly rounds: number;
  readonly threads: number;
  readonly python: Python | undefined;
  readonly rows: number;
  readonly dim: number;
  readonly classes: number;
  /** Every measure of docs/evaluation.md; ours alone. */
  readonly full: boolean;
}

/** Beyond this PyTorch's whole matrix is gigabytes. */
const mostRowsOfPyTorch = 20_000;

/** Seconds and memory of exact leave-one-out Recall@1 to 100, or of every measure, on the same features. */
export async function benchRecall(o: RecallWork): Promise<Report> {
  const { rows, dim, classes, threads, full } = o;
  const sizes = ["--rows", rows, "--dim", dim, "--classes", classes, "--threads", threads];
  const python = full || rows > mostRowsOfPyTorch ? undefined : o.python;
  const torch = (name: string, chunks: number) =>
    python ? [pythonEntry(python, name, "bench_recall.py", [...sizes, "--chunks", chunks])] : [];
  const entries = [
    ownEntry("maskcon", "recall-child.js", { rows, dim, classes, threads, full }),
    ...torch("PyTorch, one matrix", 1),
    ...torch("PyTorch, 10 chunks (official)", 10),
  ];
  const outcomes = await alternate(entries, "seconds", o.rounds);
  return {
    title: `${full ? "every measure" : "recall: exact leave-one-out Recall@1,2,5,10,50,100"}, ${rows} x ${dim}, ${classes} classes, ${threads} threads`,
    unit: "seconds",
    higherIsBetter: false,
    outcomes,
    notes: [...blasNotes(outcomes), ...agreement(outcomes)],
  };
}

/** All sides see the same features: their recalls differ by a few near-ties at most. */
function agreement(outcomes: readonly Outcome[]): string[] {
  const [ours, ...others] = outcomes.map(({ last }) => last.recall as Record<string, number>);
  const differences = others.flatMap((theirs) => Object.keys(theirs).map((k) => Math.abs(ours![k]! - theirs[k]!)));
  const largest = Math.max(0, ...differences);
  return [`Recall@1 ${ours!["1"]!.toFixed(4)}; largest difference between the sides ${largest.toFixed(5)}`];
}
