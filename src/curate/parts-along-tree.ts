import type { Collection, GroupProposal, ProposedClass } from "../collection/index.ts";
import { fail, gatherRows, groupBy } from "../core/index.ts";
import { cutImages, joinNearest } from "./cut-images.ts";

type Tree = ProposedClass["tree"];

/**
 * Cuts a group along the tree of its class into so many parts: ids of live images, the largest part first. Fewer where the
 * tree has no more. Works for groups that were merged, split, filled and moved since: what counts is where their images lie in the
 * tree. A cut passes over crumbs (fewer than 10 images or 0.5% of the group) where it can. These and images that are not in
 * the tree go into the part with the nearest mean.
 * @throws MaskconError "usage" where the group is not known, no tree has its images, or they are one leaf; "data" where
 * vectors are damaged
 */
export async function partsAlongTree(collection: Collection, group: number, count: number): Promise<Int32Array[]> {
  const { ids, groups, status } = collection.rows;
  const where = `group ${group}`;
  const own = groups.list.find(({ id }) => id === group);
  if (!own) return fail("usage", { where, expected: "a group of the collection", found: "none of this id" });
  if (!(Number.isSafeInteger(count) && count >= 2)) {
    fail("usage", { where, expected: "a count of parts from 2 on", found: String(count) });
  }
  const rows = [...ids.keys()].filter((row) => groups.of[row] === group && status[row] === 0);
  const members = Int32Array.from(rows, (row) => ids[row]!);
  const found = treeFor(collection, own.coarse, members);
  if (!found) {
    return fail("usage", { where, expected: "a proposal with its images", found: "none", fix: "split it by ids" });
  }
  const cut = cutImages(found.tree, found.leafOf, count);
  if (!cut.some((part) => part > 0))
    fail("usage", { where, expected: "images that a tree parts", found: "one leaf of it" });
  const width = collection.record.encoder[found.by];
  const partOf = joinNearest(cut, gatherRows(await collection.vectors(found.by), width, rows), width);
  const parts = [...groupBy([...members.keys()], (at) => partOf[at]!).values()];
  return parts
    .sort((a, b) => b.length - a.length)
    .map((places) => Int32Array.from(places, (at) => members[at]!).sort());
}

/**
 * The newest tree that has half of the images or more, with the place of the leaf of each image. That of the group's class
 * first: a group that moved into another class, or was filled from several, lies in the trees of theirs.
 */
function treeFor(collection: Collection, coarse: string | null, members: Int32Array) {
  for (const name of collection.rows.groups.proposals) {
    const proposal = collection.proposal(name);
    const isOwn = (own: ProposedClass) => own.coarse === coarse;
    const classes = [...proposal.classes.filter(isOwn), ...proposal.classes.filter((own) => !isOwn(own))];
    for (const { tree } of classes) {
      const leafOf = leavesOf(proposal, tree, members);
      const known = leafOf.reduce((sum, leaf) => sum + (leaf >= 0 ? 1 : 0), 0);
      if (2 * known >= members.length && known > 0) return { tree, leafOf, by: proposal.by };
    }
  }
  return undefined;
}

/** -1 where an image is not in the tree. */
function leavesOf({ ids, leaves }: GroupProposal, tree: Tree, members: Int32Array): Int32Array {
  const placeOf = new Map(Array.from(tree.leaves, (id, place) => [id, place]));
  const leafOf = new Map(Array.from(ids, (id, row) => [id, placeOf.get(leaves[row]!)]));
  return members.map((id) => leafOf.get(id) ?? -1);
}
