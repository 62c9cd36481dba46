import { forEachVote, type LabelVotes } from "./label-votes.ts";

/**
 * How many labels are wrong, by the calibrated joint of confident learning: an image counts as one of class j where its
 * share for j reaches the mean share for j of the images labelled j. Each row of the counts is scaled to its label's
 * number of images, and what lies off the diagonal is summed. Classes that overlap count as errors, too.
 * Source: Northcutt, Jiang and Chuang 2021; the counts are those of `num_label_issues` of cleanlab with the method
 * "off_diagonal_calibrated".
 */
export function confidentErrors(votes: LabelVotes, labels: Int32Array, classes: number): number {
  const images = new Float64Array(classes);
  const thresholds = new Float64Array(classes);
  labels.forEach((label, image) => {
    if (label < 0) return;
    images[label]! += 1;
    forEachVote(votes, image, (voted, share) => {
      if (voted === label) thresholds[label]! += share;
    });
  });
  for (let c = 0; c < classes; c++) thresholds[c] = images[c] ? thresholds[c]! / images[c]! : Number.POSITIVE_INFINITY;
  const counted = new Float64Array(classes);
  const agreeing = new Float64Array(classes);
  labels.forEach((label, image) => {
    if (label < 0) return;
    const confident = confidentClass(votes, image, thresholds);
    if (confident >= 0) counted[label]! += 1;
    if (confident === label) agreeing[label]! += 1;
  });
  let errors = 0;
  for (let label = 0; label < classes; label++) {
    if (counted[label]! > 0) errors += (images[label]! * (counted[label]! - agreeing[label]!)) / counted[label]!;
  }
  return Math.round(errors);
}

/** The class of the largest share of those that reach their thresholds; -1 where none does. */
function confidentClass(votes: LabelVotes, image: number, thresholds: Float64Array): number {
  let [best, most] = [-1, 0];
  forEachVote(votes, image, (label, share) => {
    if (share >= thresholds[label]! && share > most) [best, most] = [label, share];
  });
  return best;
}
