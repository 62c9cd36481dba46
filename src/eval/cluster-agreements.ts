import type { Partitions } from "./agreement-intervals.ts";
import type { Points } from "./centre-distances.ts";
import { counter, type Effort } from "./effort.ts";
import type { ImageLabels } from "./evaluate.ts";
import { groupsOf } from "./groups.ts";
import { clusterPoints, kMeansLimits } from "./k-means.ts";

/** Clusterings to hold against the fine labels, the coarse labels, and by coarse class the fine labels in it. */
export interface Clusterings extends Partial<Record<"fine" | "coarse", Partitions>> {
  readonly byClass: ReadonlyMap<number, Partitions>;
}

/**
 * k-means of all images at the number of fine and of coarse classes, and of each coarse class at that of its fine ones. One
 * class, or as many as images, would agree by definition: it is left out.
 */
export async function clusterings(
  rows: Omit<Points, "members">,
  { coarse, fine }: ImageLabels,
  options: Effort & { readonly seed?: number },
): Promise<Clusterings> {
  const all = Int32Array.from({ length: coarse.length }, (_, i) => i);
  const classes = fine ? groupsOf(coarse).filter((members) => isClustering(fine, members)) : [];
  const [fineTold, coarseTold] = [fine !== undefined && isClustering(fine, all), isClustering(coarse, all)];
  const count = Number(fineTold) + Number(coarseTold) + classes.length;
  const iterations = counter(options, "clusters", count * kMeansLimits.iterations);
  const cluster = async (labels: Int32Array, members: Int32Array): Promise<Partitions> => {
    let left = kMeansLimits.iterations;
    const each = () => iterations.add(left-- > 0 ? 1 : 0);
    const points = { ...rows, members, between: () => options.signal?.throwIfAborted() };
    const k = classCount(labels, members);
    const { clusters } = await clusterPoints(points, { k, seed: options.seed ?? 0, each });
    iterations.add(left);
    return { labels: members.map((row) => labels[row]!), clusters };
  };
  const byClass = new Map<number, Partitions>();
  for (const members of classes) byClass.set(coarse[members[0]!]!, await cluster(fine!, members));
  const ofFine = fineTold ? await cluster(fine!, all) : undefined;
  const ofCoarse = coarseTold ? await cluster(coarse, all) : undefined;
  return { byClass, ...(ofFine ? { fine: ofFine } : {}), ...(ofCoarse ? { coarse: ofCoarse } : {}) };
}

function isClustering(labels: Int32Array, members: Int32Array): boolean {
  const count = classCount(labels, members);
  return 1 < count && count < members.length;
}

/** Different labels among the members. */
export const classCount = (labels: Int32Array, members: Int32Array) => new Set(members.map((row) => labels[row]!)).size;
