import type { Collection, GroupProposal, ProposedClass } from "../collection/index.ts";
import { fail, gatherRows, groupBy } from "../core/index.ts";
import { cutImages, joinNearest } from "./cut-images.ts";
import { ownTree, type PlacedImages } from "./own-tree.ts";

type Tree = ProposedClass["tree"];

/**
 * Cuts a group along the tree of its class into so many parts: ids of live images, the largest part first. Fewer where the
 * tree has no more. Works for groups that were merged, split, filled and moved since: what counts is where their images lie in the
 * tree. Where no proposal in force has half of them, or they are one leaf, a tree is made of them alone, by the vectors of the
 * newest proposal, or else the frozen ones. A cut passes over crumbs (fewer than 10 images or 0.5% of the group) where it can.
 * These and images that are not in the tree go into the part with the nearest mean.
 * @throws MaskconError "usage" where the group is not known, no image of it is shown, or all of them are copies of one; "data"
 * where vectors are damaged
 */
export async function partsAlongTree(collection: Collection, group: number, count: number): Promise<Int32Array[]> {
  const { ids, groups, status } = collection.rows;
  const where = `group ${group}`;
  const own = groups.list.find(({ id }) => id === group);
  if (!own) return fail("usage", { where, expected: "a group of the collection", found: "none of this id" });
  if (!(Number.isSafeInteger(count) && count >= 2)) {
    fail("usage", { where, expected: "a count of parts from 2 on", found: String(count) });
  }
  const rows = Int32Array.from(ids.keys()).filter((row) => groups.of[row] === group && status[row] === 0);
  if (rows.length === 0) fail("usage", { where, expected: "images to part", found: "none that is shown" });
  const members = rows.map((row) => ids[row]!);
  const found = rows.length > 1 ? await cutOf(collection, own.coarse, rows, count) : undefined;
  if (!found?.cut.some((part) => part > 0)) {
    const fix = rows.length > 1 ? "they are copies of one: drop some, or split it by ids" : undefined;
    return fail("usage", { where, expected: "images that a tree parts", found: "one leaf of it", fix });
  }
  const { by, cut } = found;
  const width = collection.record.encoder[by];
  const partOf = joinNearest(cut, gatherRows(await collection.vectors(by), width, rows), width);
  const parts = [...groupBy([...members.keys()], (at) => partOf[at]!).values()];
  return parts
    .sort((a, b) => b.length - a.length)
    .map((places) => Int32Array.from(places, (at) => members[at]!).sort());
}

/** The part of each image, -1 for none, along the tree of a proposal, or else along one of their own. */
async function cutOf(collection: Collection, coarse: string | null, rows: Int32Array, count: number) {
  const cutAlong = ({ tree, leafOf, by }: PlacedImages) => ({ by, cut: cutImages(tree, leafOf, count) });
  const { ids, groups } = collection.rows;
  const proposed = treeFor(
    collection,
    coarse,
    rows.map((row) => ids[row]!),
  );
  const along = proposed && cutAlong(proposed);
  // Images that are not in the sample of a large class may all be nearest to one leaf of its tree.
  if (along?.cut.some((part) => part > 0)) return along;
  const [newest] = groups.proposals;
  const by = newest === undefined ? "frozen" : collection.proposal(newest).by;
  return cutAlong(await ownTree(collection, rows, by));
}

/**
 * The newest tree that has half of the images or more, with the place of the leaf of each image. That of the group's class
 * first: a group that moved into another class, or was filled from several, lies in the trees of theirs.
 */
function treeFor(collection: Collection, coarse: string | null, members: Int32Array): PlacedImages | undefined {
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
