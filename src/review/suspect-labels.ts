import { breathing } from "../core/breath.ts";
import { confidentErrors } from "./confident-errors.ts";
import { labelVotes, type VoteOptions } from "./label-votes.ts";

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
  /** Whether somebody says that the label of an image is right: then it is not estimated to be wrong. */
  readonly isRight?: ((image: number) => boolean) | undefined;
}

export interface SuspectLabels {
  /** Every labelled image that any neighbour contradicts, the most suspect first; equal ones in their order. */
  readonly ranked: readonly SuspectLabel[];
  /** About how many of the other labels are wrong, by the thresholds of confident learning: how far to read, not which. */
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
    const shares = votes.shares.subarray(image * o.classes, (image + 1) * o.classes);
    const suggested = mostVoted(shares, label);
    if (suggested < 0) continue;
    ranked.push({ image, label, suggested, doubt: doubtOf(shares[suggested]!, shares[label]!) });
  }
  ranked.sort((a, b) => b.doubt - a.doubt || a.image - b.image);
  await breath();
  const open = o.labels.map((label, image) => (isRight(image) ? -1 : label));
  return { ranked, estimated: confidentErrors(votes, open) };
}

const doubtOf = (suggested: number, label: number): number => Math.log((suggested + PRIOR) / (label + PRIOR));

/** The class of the most votes but `label`; -1 where no other has one. */
function mostVoted(shares: Float64Array, label: number): number {
  let most = -1;
  for (let c = 0; c < shares.length; c++) {
    if (c !== label && shares[c]! > 0 && (most < 0 || shares[c]! > shares[most]!)) most = c;
  }
  return most;
}
