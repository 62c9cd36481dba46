/** w and T of a method's targets; T infinite: the whole class alike. */
export interface SoftSetting {
  readonly softWeight: number;
  readonly softTemperature: number;
}

/** What one training image's own key and the queue's entries of its coarse class weigh; all others weigh nothing. */
export interface SoftTargets {
  readonly own: number;
  /** In the order of the similarities. */
  readonly entries: Float64Array;
  /** The sum of z. */
  readonly total: number;
}

/**
 * The targets of docs/method.md: z_j = exp((s_j - max s) / T), u = [1, z] / (1 + sum z), t = w u + (1 - w) [1, 0 .. 0].
 * @param similarities of the image's key to the entries of its coarse class
 */
export function softTargets(
  similarities: ArrayLike<number>,
  { softWeight: w, softTemperature: T }: SoftSetting,
): SoftTargets {
  const entries = new Float64Array(similarities.length);
  let nearest = Number.NEGATIVE_INFINITY;
  for (let j = 0; j < entries.length; j++) nearest = Math.max(nearest, similarities[j]!);
  let total = 0;
  for (let j = 0; j < entries.length; j++) {
    entries[j] = T === Number.POSITIVE_INFINITY ? 1 : Math.exp((similarities[j]! - nearest) / T);
    total += entries[j]!;
  }
  const share = w / (1 + total);
  for (let j = 0; j < entries.length; j++) entries[j]! *= share;
  return { own: share + 1 - w, entries, total };
}

/** Where the weight of targets lies. */
export interface TargetsMeasure {
  /** Weight of entries of the image's own fine class, of other ones, and of those without a fine class. */
  readonly sameFine: number;
  readonly otherFine: number;
  readonly unknown: number;
  /** exp of the entropy: as many equal positives would have it. */
  readonly effectiveEntries: number;
  /**
   * Half the L1 distance to the targets that the fine labels would give: own key and entries of the fine class alike. Undefined
   * where a fine label is not known.
   */
  readonly totalVariation: number | undefined;
}

/**
 * @param same 1: the entry has the image's fine class, 0: another one, -1: that is not known
 * @param outside entries of the fine class that are not of the coarse class: no target reaches them
 */
export function measureOf({ own, entries }: SoftTargets, same: Int8Array, outside: number): TargetsMeasure {
  const weights = { sameFine: 0, otherFine: 0, unknown: 0 };
  let entropy = -own * Math.log(own);
  let inside = 0;
  for (let j = 0; j < entries.length; j++) {
    const weight = entries[j]!;
    if (weight > 0) entropy -= weight * Math.log(weight);
    if (same[j] === 1) inside++;
    weights[same[j] === 1 ? "sameFine" : same[j] === 0 ? "otherFine" : "unknown"] += weight;
  }
  const even = 1 / (1 + inside + outside);
  let distance = Math.abs(own - even) + outside * even + weights.otherFine;
  for (let j = 0; j < entries.length; j++) if (same[j] === 1) distance += Math.abs(entries[j]! - even);
  const isKnown = !same.includes(-1);
  return { ...weights, effectiveEntries: Math.exp(entropy), totalVariation: isKnown ? distance / 2 : undefined };
}
