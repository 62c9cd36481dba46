import type { Outcome } from "./rounds.ts";
import { table } from "./table.ts";

export interface Report {
  readonly title: string;
  readonly unit: string;
  /** Whether a larger value is better. */
  readonly higherIsBetter: boolean;
  /** Ours first. */
  readonly outcomes: readonly Outcome[];
  readonly notes: readonly string[];
}

/** Median, spread and peak memory of every side, and how ours compares with each (above 1x: ours is better). */
export function printReport({ title, unit, higherIsBetter, outcomes, notes }: Report): string {
  const [ours] = outcomes;
  const rows = outcomes.map((outcome) => {
    const ratio = higherIsBetter ? ours!.median / outcome.median : outcome.median / ours!.median;
    const spread = `${show(Math.min(...outcome.values))}-${show(Math.max(...outcome.values))}`;
    const memory = ours!.peakMemoryMb / outcome.peakMemoryMb;
    const others = outcome === ours ? ["", ""] : [`${ratio.toFixed(2)}x`, `${memory.toFixed(2)}x`];
    return [outcome.name, show(outcome.median), spread, others[0]!, `${outcome.peakMemoryMb}`, others[1]!];
  });
  const heading = ["", unit, "min-max", "ours is", "peak MB", "our memory is"];
  return [`${title}`, table([heading, ...rows]), ...notes.map((note) => `note: ${note}`)].join("\n");
}

const show = (value: number) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** What makes PyTorch's figures less than its best, said aloud. */
export function blasNotes(outcomes: readonly Outcome[]): string[] {
  if (!outcomes.some(({ about }) => about.blas === "reference")) return [];
  return [
    "PyTorch ran with the reference BLAS, whose matrix products are about 30 times slower than OpenBLAS's; " +
      "install libopenblas0-pthread, or pass --blas FOLDER, for a fair comparison",
  ];
}
