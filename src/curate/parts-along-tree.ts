import type { Collection, GroupProposal, ProposedClass } from "../collection/index.ts";
import { fail, groupBy } from "../core/index.ts";

type Tree = ProposedClass["tree"];

/**
 * Cuts a group along the tree of its class into so many parts: ids of live images, the largest part first. Fewer where the
 * tree has no more. Works for groups that were merged, split and filled since: what counts is where their images lie in the
 * tree. Images that are not in it go with the largest part.
 * @throws MaskconError "usage" where the group is not known, no tree has its images, or they are one leaf
 */
export function partsAlongTree(collection: Collection, group: number, count: number): Int32Array[] {
  const { ids, groups, status } = collection.rows;
  const where = `group ${group}`;
  const own = groups.list.find(({ id }) => id === group);
  if (!own) return fail("usage", { where, expected: "a group of the collection", found: "none of this id" });
  if (!(Number.isSafeInteger(count) && count >= 2)) {
    fail("usage", { where, expected: "a count of parts from 2 on", found: String(count) });
  }
  const members = ids.filter((_, row) => groups.of[row] === group && status[row] === 0);
  const found = treeFor(collection, own.coarse, members);
  if (!found) {
    return fail("usage", { where, expected: "a proposal with its images", found: "none", fix: "split it by ids" });
  }
  const partOf = cutFor(found.tree, found.leafOf, count);
  const parts = [...groupBy(members, (id) => partOf.get(id) ?? -1)].sort(([, a], [, b]) => b.length - a.length);
  const [[, largest] = [0, []], ...others] = parts.filter(([part]) => part >= 0);
  largest.push(...(parts.find(([part]) => part < 0)?.[1] ?? []));
  if (others.length === 0) fail("usage", { where, expected: "images that a tree parts", found: "one leaf of it" });
  return [largest, ...others.map(([, part]) => part)].map((part) => Int32Array.from(part).sort());
}

/** The newest tree that has half of the images or more, with the place of the leaf of each image by id. */
function treeFor(collection: Collection, coarse: string | null, members: Int32Array) {
  for (const name of collection.rows.groups.proposals) {
    const proposal = collection.proposal(name);
    const tree = proposal.classes.find((own) => own.coarse === coarse)?.tree;
    if (!tree) continue;
    const leafOf = leavesOf(proposal, tree, members);
    if (2 * leafOf.size >= members.length && leafOf.size > 0) return { tree, leafOf };
  }
  return undefined;
}

function leavesOf({ ids, leaves }: GroupProposal, tree: Tree, members: Int32Array): Map<number, number> {
  const placeOf = new Map(Array.from(tree.leaves, (id, place) => [id, place]));
  const wanted = new Set(members);
  const leafOf = new Map<number, number>();
  ids.forEach((id, row) => {
    const place = placeOf.get(leaves[row]!);
    if (place !== undefined && wanted.has(id)) leafOf.set(id, place);
  });
  return leafOf;
}

/** The part of each image by id: the tree without its other leaves, cut from the top, the higher node first. */
function cutFor({ leaves, merges }: Tree, leafOf: ReadonlyMap<number, number>, count: number): Map<number, number> {
  const n = leaves.length;
  const images = new Int32Array(n + merges.length);
  for (const leaf of leafOf.values()) images[leaf]!++;
  merges.forEach(({ left, right }, i) => {
    images[n + i] = images[left]! + images[right]!;
  });
  /** Down to where images part. */
  const fork = (start: number): number => {
    for (let node = start; ; ) {
      if (node < n) return node;
      const { left, right } = merges[node - n]!;
      if (images[left]! > 0 && images[right]! > 0) return node;
      node = images[left]! > 0 ? left : right;
    }
  };
  const height = (node: number) => (node < n ? -1 : merges[node - n]!.height);
  let parts = [fork(n + merges.length - 1)];
  while (parts.length < count) {
    const highest = parts.reduce((best, part) => (height(part) > height(best) ? part : best));
    if (highest < n) break;
    const { left, right } = merges[highest - n]!;
    parts = parts.flatMap((part) => (part === highest ? [fork(left), fork(right)] : [part]));
  }
  const partOfNode = new Int32Array(n + merges.length).fill(-1);
  parts.forEach((node, part) => {
    partOfNode[node] = part;
  });
  for (let node = n + merges.length - 1; node >= n; node--) {
    const part = partOfNode[node]!;
    if (part < 0) continue;
    const { left, right } = merges[node - n]!;
    partOfNode[left] = part;
    partOfNode[right] = part;
  }
  return new Map([...leafOf].map(([id, leaf]) => [id, partOfNode[leaf]!]));
}
