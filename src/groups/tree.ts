import { gatherRows } from "../core/index.ts";
import { type Merge, ward } from "./ward.ts";

/** How the images of a class join into groups, and the groups into the class. */
export interface GroupTree {
  /** Rows of the features, the leaves: nodes 0 to leaves.length - 1. */
  readonly leaves: Int32Array;
  /** Further nodes, children before their parents; the last is the root. */
  readonly merges: readonly Merge[];
  /** The node of each group. */
  readonly nodes: readonly number[];
}

/**
 * A Ward tree inside each part of the points, and one of the parts above them: cut into as many parts, it gives the parts.
 * @param points [n, dim]
 * @param parts positions of the points of each part, none empty
 */
export function treeOfParts(
  points: Float64Array,
  dim: number,
  parts: readonly Int32Array[],
): Omit<GroupTree, "leaves"> {
  const n = points.length / dim;
  const merges: Merge[] = [];
  const join = (own: readonly Merge[], leaves: ArrayLike<number>, least = 0): number => {
    const first = n + merges.length;
    const nodeOf = (node: number) => (node < leaves.length ? leaves[node]! : first + node - leaves.length);
    for (const merge of own) {
      const [left, right] = [nodeOf(merge.left), nodeOf(merge.right)];
      const height = Math.max(merge.height, least, heightOf(left, merges, n), heightOf(right, merges, n));
      merges.push({ left, right, height, size: merge.size });
    }
    return own.length === 0 ? leaves[0]! : n + merges.length - 1;
  };
  const nodes = parts.map((part) => join(ward(gatherRows(points, dim, part), dim), part));
  const centres = Float64Array.from(parts.flatMap((part) => Array.from(centreOf(points, dim, part))));
  const sizes = parts.map((part) => part.length);
  const highest = Math.max(...nodes.map((node) => heightOf(node, merges, n)));
  join(ward(centres, dim, sizes), nodes, highest);
  return { merges, nodes };
}

/**
 * Cuts the tree below a node into `count` parts: the positions of their leaves, each part ascending. Fewer where the node has
 * fewer leaves. A parent is cut before its children, the higher node first.
 * @param tree its leaves and joins
 * @param count parts wanted
 * @param node number of a node; the top by default
 */
export function cutTree({ leaves, merges }: Omit<GroupTree, "nodes">, count: number, node?: number): Int32Array[] {
  const n = leaves.length;
  let parts = n === 0 ? [] : [node ?? n + merges.length - 1];
  while (parts.length < count) {
    const highest = parts.reduce((best, part) => (above(part, best, merges, n) ? part : best));
    if (highest < n) break;
    const { left, right } = merges[highest - n]!;
    parts = parts.flatMap((part) => (part === highest ? [left, right] : [part]));
  }
  return parts.map((part) => leavesBelow(part, merges, n));
}

const above = (a: number, b: number, merges: readonly Merge[], n: number): boolean => {
  const difference = heightOf(a, merges, n) - heightOf(b, merges, n);
  return difference > 0 || (difference === 0 && a > b);
};

const heightOf = (node: number, merges: readonly Merge[], n: number): number =>
  node < n ? 0 : merges[node - n]!.height;

function leavesBelow(node: number, merges: readonly Merge[], n: number): Int32Array {
  const found: number[] = [];
  const open = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next < n) found.push(next);
    else open.push(merges[next - n]!.left, merges[next - n]!.right);
  }
  return Int32Array.from(found).sort();
}

export function centreOf(points: Float64Array, dim: number, part: Int32Array): Float64Array {
  const centre = new Float64Array(dim);
  for (const point of part) {
    for (let d = 0; d < dim; d++) centre[d]! += points[point * dim + d]! / part.length;
  }
  return centre;
}
