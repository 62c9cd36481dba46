import type { GroupTree } from "../groups/index.ts";

/** No side of a cut has fewer images, where the group can be cut in such a way. */
const LEAST_IMAGES = 10;
const LEAST_SHARE = 0.005;

interface Part {
  /** The node that it began with. */
  readonly start: number;
  /** Where it would be cut next: the highest merge at or below `start` with enough images on both sides, or -1. */
  readonly fork: number;
}

/**
 * Cuts a group of images along a tree into so many parts, from the top, the higher merge first: the part of each image, or -1.
 * Merges that would cut off a crumb are passed over, and the crumb belongs to no part: a side with fewer than 10 images, 0.5%
 * of them, or half of an equal share where that is less. Where this leaves too few parts, ever smaller sides count.
 * @param leafOf the leaf of each image by its place in the tree, or -1 where it is not in the tree
 * @returns numbers from 0 on; fewer than `count` where the images lie on fewer leaves
 */
export function cutImages({ leaves, merges }: Omit<GroupTree, "nodes">, leafOf: Int32Array, count: number): Int32Array {
  const n = leaves.length;
  const images = new Int32Array(n + merges.length);
  for (const leaf of leafOf) if (leaf >= 0) images[leaf]!++;
  merges.forEach(({ left, right }, i) => {
    images[n + i] = images[left]! + images[right]!;
  });
  const total = images.at(-1) ?? 0;
  const wanted = Math.max(LEAST_IMAGES, Math.ceil(LEAST_SHARE * total));
  let least = Math.max(1, Math.min(wanted, Math.floor(total / (2 * count))));
  let parts = cutFromTop(merges, images, { count, least });
  while (parts.length < count && least > 1) {
    least >>= 1;
    parts = cutFromTop(merges, images, { count, least });
  }
  const partOfNode = new Int32Array(n + merges.length).fill(-1);
  parts.forEach((node, part) => {
    partOfNode[node] = part;
  });
  for (let i = merges.length - 1; i >= 0; i--) {
    const part = partOfNode[n + i]!;
    if (part < 0) continue;
    const { left, right } = merges[i]!;
    partOfNode[left] = part;
    partOfNode[right] = part;
  }
  return leafOf.map((leaf) => (leaf < 0 ? -1 : partOfNode[leaf]!));
}

/** The nodes of the parts. */
function cutFromTop(
  merges: GroupTree["merges"],
  images: Int32Array,
  { count, least }: { count: number; least: number },
): number[] {
  const n = images.length - merges.length;
  const partAt = (start: number): Part => {
    for (let node = start; node >= n; ) {
      const { left, right } = merges[node - n]!;
      if (Math.min(images[left]!, images[right]!) >= least) return { start, fork: node };
      node = images[left]! > images[right]! ? left : right;
    }
    return { start, fork: -1 };
  };
  const height = ({ fork }: Part) => (fork < 0 ? -1 : merges[fork - n]!.height);
  let parts = [partAt(images.length - 1)];
  while (parts.length < count) {
    const highest = parts.reduce((best, part) => (height(part) > height(best) ? part : best));
    if (highest.fork < 0) break;
    const { left, right } = merges[highest.fork - n]!;
    parts = parts.flatMap((part) => (part === highest ? [partAt(left), partAt(right)] : [part]));
  }
  return parts.map(({ start }) => start);
}

/**
 * Puts images that lie in no part (-1) into the one with the nearest mean.
 * @param partOf the part of each image, numbers from 0 on
 * @param vectors [images, dim]
 */
export function joinNearest(partOf: Int32Array, vectors: Float32Array, dim: number): Int32Array {
  if (!partOf.includes(-1)) return partOf;
  const count = partOf.reduce((most, part) => Math.max(most, part + 1), 0);
  const means = new Float64Array(count * dim);
  const sizes = new Int32Array(count);
  for (const part of partOf) if (part >= 0) sizes[part]!++;
  partOf.forEach((part, image) => {
    for (let d = 0; part >= 0 && d < dim; d++) means[part * dim + d]! += vectors[image * dim + d]! / sizes[part]!;
  });
  const distance = (image: number, part: number) => {
    let sum = 0;
    for (let d = 0; d < dim; d++) sum += (vectors[image * dim + d]! - means[part * dim + d]!) ** 2;
    return sum;
  };
  const filled = [...sizes.keys()].filter((part) => sizes[part]! > 0);
  return partOf.map((part, image) =>
    part >= 0 || filled.length === 0
      ? part
      : filled.reduce((best, other) => (distance(image, other) < distance(image, best) ? other : best)),
  );
}
