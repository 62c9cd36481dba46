import { ownEntry, type Python, pythonEntry } from "./python.ts";
import { blasNotes, type Report } from "./report.ts";
import { alternate, type Outcome } from "./rounds.ts";

export interface SearchWork {
  readonly rounds: number;
  readonly threads: number;
  readonly python: Python | undefined;
  readonly rows: number;
  readonly dim: number;
}

const QUERIES = 21;

/** Milliseconds of one exact search among vectors in memory, 20 results, the median of 21 queries; and memory. */
export async function benchSearch({ rows, dim, threads, rounds, python }: SearchWork): Promise<Report> {
  const sizes = ["--rows", rows, "--dim", dim, "--threads", threads, "--queries", QUERIES];
  const entries = [
    ownEntry("maskcon", "search-child.js", { rows, dim, threads, queries: QUERIES }),
    ...(python ? [pythonEntry(python, "PyTorch, product and topk", "bench_search.py", sizes)] : []),
  ];
  const outcomes = await alternate(entries, "milliseconds", rounds);
  const vectors = (4 * rows * dim) / 2 ** 20;
  const ownMilliseconds = (of: string) => (outcomes[0]!.last[of] as number).toFixed(1);
  return {
    title: `search: the 20 most similar of ${rows} x ${dim}, ${threads} threads`,
    unit: "ms",
    higherIsBetter: false,
    outcomes,
    notes: [
      `one class of 20 alone ${ownMilliseconds("filteredMilliseconds")} ms, ten of 20 ${ownMilliseconds("halfMilliseconds")} ms`,
      `memory beyond the vectors: ${Math.round(outcomes[0]!.peakMemoryMb - vectors)} MB`,
      ...blasNotes(outcomes),
      ...agreement(outcomes),
    ],
  };
}

/** PyTorch sorts by float32 products: near-ties may stand otherwise. */
function agreement(outcomes: readonly Outcome[]): string[] {
  const [ours, theirs] = outcomes.map(({ last }) => last.ids as number[][]);
  if (!theirs) return [];
  const others = ours!.flatMap((ids, query) => ids.filter((id) => !theirs[query]!.includes(id)));
  return [`of ${20 * ours!.length} results ${others.length} are not among PyTorch's`];
}
