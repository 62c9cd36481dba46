import { Contestant, type Entry, type Line } from "./contestant.ts";
import { median } from "./statistics.ts";

export interface Outcome {
  readonly name: string;
  readonly about: Line;
  /** One a round, in the metric's unit. */
  readonly values: readonly number[];
  readonly median: number;
  readonly peakMemoryMb: number;
  readonly last: Line;
}

/** Starts every entry, lets them take turns `rounds` times, so that the machine's moods fall on all alike, and ends them. */
export async function alternate(entries: readonly Entry[], metric: string, rounds: number): Promise<Outcome[]> {
  const contestants: Contestant[] = [];
  try {
    for (const entry of entries) contestants.push(await Contestant.start(entry));
    const lines: Line[][] = contestants.map(() => []);
    for (let round = 0; round < rounds; round++) {
      for (const [i, contestant] of contestants.entries()) lines[i]!.push(await contestant.turn());
    }
    return contestants.map((contestant, i) => {
      const values = lines[i]!.map((line) => Number(line[metric]));
      const last = lines[i]!.at(-1)!;
      const peakMemoryMb = Math.round(contestant.peakMemoryMb(last));
      return { name: contestant.name, about: contestant.about, values, median: median(values), peakMemoryMb, last };
    });
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
}
