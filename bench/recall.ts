import { ownEntry, type Python, pythonEntry } from "./python.ts";
import { blasNotes, type Report } from "./report.ts";
import { alternate, type Outcome } from "./rounds.ts";

/** Seconds and memory of exact leave-one-out Recall@1 to 100 on the same 10,000 x 512 features. */
export async function benchRecall(o: { rounds: number; threads: number; python: Python | undefined }): Promise<Report> {
  const [rows, dim, classes] = [10_000, 512, 100];
  const sizes = ["--rows", rows, "--dim", dim, "--classes", classes, "--threads", o.threads];
  const torch = (name: string, chunks: number) =>
    o.python ? [pythonEntry(o.python, name, "bench_recall.py", [...sizes, "--chunks", chunks])] : [];
  const entries = [
    ownEntry("maskcon", "recall-child.js", { rows, dim, classes, threads: o.threads }),
    ...torch("PyTorch, one matrix", 1),
    ...torch("PyTorch, 10 chunks (official)", 10),
  ];
  const outcomes = await alternate(entries, "seconds", o.rounds);
  return {
    title: `recall: exact leave-one-out Recall@1,2,5,10,50,100, ${rows} x ${dim}, ${classes} classes, ${o.threads} threads`,
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
