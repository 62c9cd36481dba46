import type { Points } from "./centre-distances.ts";
import { type Agreement, clusteringAgreement } from "./clustering-agreement.ts";
import { counter, type Effort } from "./effort.ts";
import type { Labels } from "./evaluate.ts";
import { groupsOf } from "./groups.ts";
import { clusterPoints, kMeansLimits } from "./k-means.ts";

/** Agreement of k-means with the fine labels, the coarse labels, and by coarse class the fine labels in it. */
export interface Agreements extends Partial<Record<"fine" | "coarse" | "within", Agreement>> {
  readonly byClass: ReadonlyMap<number, Agreement>;
}

/**
 * k-means of all images at the number of fine and of coarse classes, and of each coarse class at that of its fine ones. One
 * class, or as many as images, would agree by definition: it is left out.
 */
export async function agreements(
  rows: Omit<Points, "members">,
  { coarse, fine }: Labels,
  options: Effort & { readonly seed?: number },
): Promise<Agreements> {
  const all = Int32Array.from({ length: coarse.length }, (_, i) => i);
  const classes = fine ? groupsOf(coarse).filter((members) => isClustering(fine, members)) : [];
  const fineTold = fine !== undefined && countOf(fine, all) < all.length;
  const clusterings = (fineTold ? 2 : 1) + classes.length;
  const iterations = counter(options, "clusters", clusterings * kMeansLimits.iterations);
  const agreementOf = async (labels: Int32Array, members: Int32Array) => {
    let left = kMeansLimits.iterations;
    const each = () => iterations.add(left-- > 0 ? 1 : 0);
    const points = { ...rows, members, between: () => options.signal?.throwIfAborted() };
    const k = countOf(labels, members);
    const { clusters } = await clusterPoints(points, { k, seed: options.seed ?? 0, each });
    iterations.add(left);
    return clusteringAgreement(
      members.map((row) => labels[row]!),
      clusters,
    );
  };
  const byClass = new Map<number, Agreement>();
  for (const members of classes) byClass.set(coarse[members[0]!]!, await agreementOf(fine!, members));
  const ofFine = fineTold ? await agreementOf(fine, all) : undefined;
  const ofCoarse = all.length > 0 ? await agreementOf(coarse, all) : undefined;
  const within = weightedMean(classes.map((members) => [byClass.get(coarse[members[0]!]!)!, members.length]));
  return {
    byClass,
    ...(ofFine ? { fine: ofFine } : {}),
    ...(ofCoarse ? { coarse: ofCoarse } : {}),
    ...(within ? { within } : {}),
  };
}

function isClustering(labels: Int32Array, members: Int32Array): boolean {
  const count = countOf(labels, members);
  return 1 < count && count < members.length;
}

/** Different labels among the members. */
export const countOf = (labels: Int32Array, members: Int32Array) => new Set(members.map((row) => labels[row]!)).size;

function weightedMean(parts: readonly (readonly [Agreement, number])[]): Agreement | undefined {
  const weight = parts.reduce((sum, [, count]) => sum + count, 0);
  if (weight === 0) return undefined;
  const mean = (of: keyof Agreement) => parts.reduce((sum, [part, count]) => sum + part[of] * count, 0) / weight;
  return { nmi: mean("nmi"), ari: mean("ari") };
}
