import type { LabelVotes } from "./label-votes.ts";

/**
 * How many labels are wrong, by the calibrated joint of confident learning: an image counts as one of class j where its
 * share for j reaches the mean share for j of the images labelled j. Each row of the counts is scaled to its label's
 * number of images.
 * Source: Northcutt, Jiang and Chuang 2021, `compute_confident_joint` and `num_label_issues` of cleanlab.
 */
export function confidentErrors({ shares, classes }: LabelVotes, labels: Int32Array): number {
  const images = new Float64Array(classes);
  const thresholds = new Float64Array(classes);
  labels.forEach((label, image) => {
    if (label < 0) return;
    images[label]! += 1;
    thresholds[label]! += shares[image * classes + label]!;
  });
  for (let c = 0; c < classes; c++) thresholds[c] = images[c] ? thresholds[c]! / images[c]! : Number.POSITIVE_INFINITY;
  const joint = new Float64Array(classes * classes);
  labels.forEach((label, image) => {
    if (label < 0) return;
    const confident = confidentClass(shares.subarray(image * classes, (image + 1) * classes), thresholds);
    if (confident >= 0) joint[label * classes + confident]! += 1;
  });
  let errors = 0;
  for (let label = 0; label < classes; label++) {
    const row = joint.subarray(label * classes, (label + 1) * classes);
    const counted = row.reduce((sum, count) => sum + count, 0);
    if (counted > 0) errors += (images[label]! * (counted - row[label]!)) / counted;
  }
  return Math.round(errors);
}

/** The class of the largest share of those that reach their thresholds; -1 where none does. */
function confidentClass(shares: Float64Array, thresholds: Float64Array): number {
  let best = -1;
  for (let c = 0; c < shares.length; c++) {
    if (shares[c]! > 0 && shares[c]! >= thresholds[c]! && (best < 0 || shares[c]! > shares[best]!)) best = c;
  }
  return best;
}
