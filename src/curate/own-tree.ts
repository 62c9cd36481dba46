import { type Collection, liveVectors, type ProposedClass, type VectorKind } from "../collection/index.ts";
import { gatherRows } from "../core/index.ts";
import { proposeGroups, whitenRows } from "../groups/index.ts";

/** Where the images of a group lie in a tree. */
export interface PlacedImages {
  readonly tree: ProposedClass["tree"];
  /** The place of the leaf of each image; -1 where it is not in the tree. */
  readonly leafOf: Int32Array;
  /** Whose vectors the tree was made of. */
  readonly by: VectorKind;
}

interface Kept {
  readonly by: VectorKind;
  readonly members: Int32Array;
  /** [rows]: the vectors of all live images are whitened together. */
  readonly status: Uint8Array;
  readonly placed: Promise<PlacedImages>;
}

/** The last one of each collection: whoever cuts a group tries several counts. */
const kept = new WeakMap<Collection, Kept>();

/**
 * The tree of some images alone, as a proposal would make it of them as a class. The same images of the same collection give the
 * same tree.
 * @param members positions of their rows, ascending; live ones, one at least
 */
export function ownTree(collection: Collection, members: Int32Array, by: VectorKind): Promise<PlacedImages> {
  const { status } = collection.rows;
  const last = kept.get(collection);
  if (last?.by === by && isEqual(last.members, members) && isEqual(last.status, status)) return last.placed;
  const placed = makeTree(collection, members, by);
  kept.set(collection, { by, members, status: status.slice(), placed });
  // A damaged file may be put back.
  placed.catch(() => kept.delete(collection));
  return placed;
}

async function makeTree(collection: Collection, members: Int32Array, by: VectorKind): Promise<PlacedImages> {
  const { rows: live, features, dim } = await liveVectors(collection, by);
  const all = await whitenRows(features, dim);
  const isMember = new Set(members);
  const places = Int32Array.from(live.keys()).filter((place) => isMember.has(live[place]!));
  const own = gatherRows(all.rows, all.dim, places);
  const [found] = await proposeGroups({ features: own, dim: all.dim, whiten: false });
  return { tree: found!.tree, leafOf: found!.leafOf, by };
}

const isEqual = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => value === b[i]);
