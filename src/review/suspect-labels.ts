import { breathing } from "../core/breath.ts";
import { confidentErrors } from "./confident-errors.ts";
import { forEachVote, labelVotes, type VoteOptions } from "./label-votes.ts";

/** An image whose neighbours have another label. */
export interface SuspectLabel {
  readonly image: number;
  /** As it is given. */
  readonly label: number;
  /** That of the most votes among the others. */
  readonly suggested: number;
  /** log((votes for `suggested` + 0.2) / (votes for `label` + 0.2)), votes as shares: from -1.8 to 1.8; above 0 more votes contradict. */
  readonly doubt: number;
}

export interface SuspectOptions extends VoteOptions {
  /** Every label is below it. */
  readonly classes: number;
  /** Whether somebody says that the label of an image is right: then it is not estimated to be wrong. */
  readonly isRight?: ((image: number) => boolean) | undefined;
}

export interface SuspectLabels {
  /** Every labelled image that any neighbour contradicts, the most suspect first; equal ones in their order. */
  readonly ranked: readonly SuspectLabel[];
  /** Up to about how many of the other labels are wrong, by the thresholds of confident learning: how far to read, not which. */
  readonly estimated: number;
}

/**
 * Added to both shares: a label without any vote is suspect also where the others agree on none, and one vote more or
 * less of few decides nothing. The difference alone is worse on labels that are wrong by chance, the label's share alone
 * on labels of the nearest class (docs/review.md).
 */
const PRIOR = 0.2;

/**
 * Ranks images by how much their neighbours contradict their labels. Judge by features that did not learn these labels:
 * a trained encoder has partly learned the wrong ones, too.
 */
export async function suspectLabels(o: SuspectOptions): Promise<SuspectLabels> {
  const { isRight = () => false } = o;
  const votes = await labelVotes(o);
  const breath = breathing();
  const ranked: SuspectLabel[] = [];
  for (let image = 0; image < o.labels.length; image++) {
    await breath();
    const label = o.labels[image]!;
    if (label < 0) continue;
    let [suggested, most, own] = [-1, 0, 0];
    forEachVote(votes, image, (voted, share) => {
      if (voted === label) own = share;
      else if (share > most) [suggested, most] = [voted, share];
    });
    if (suggested >= 0) ranked.push({ image, label, suggested, doubt: doubtOf(most, own) });
  }
  ranked.sort((a, b) => b.doubt - a.doubt || a.image - b.image);
  await breath();
  const open = o.labels.map((label, image) => (isRight(image) ? -1 : label));
  return { ranked, estimated: confidentErrors(votes, open, o.classes) };
}

const doubtOf = (suggested: number, label: number): number => Math.log((suggested + PRIOR) / (label + PRIOR));
