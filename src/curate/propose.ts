import {
  type Collection,
  type GroupProposal,
  liveVectors,
  type ProposedClass,
  type VectorKind,
} from "../collection/index.ts";
import { fail, gatherRows, groupBy, type StopSignal } from "../core/index.ts";
import { adjustedMutualInformation, clusteringAgreement, matchingAccuracy } from "../eval/index.ts";
import { type CoarseGroups, proposeGroups, type Reason, whitenRows } from "../groups/index.ts";
import { wantedClasses } from "./wanted-classes.ts";

/** Which images of a collection `proposeForCollection` groups, and by what. */
export interface ProposeGroupsOptions {
  /** Whose vectors are grouped: the frozen encoder's by default. */
  readonly by?: VectorKind | undefined;
  /** Coarse classes to look at, null for the images without one; all by default. */
  readonly coarse?: readonly (string | null)[] | undefined;
  /** The same seed gives the same groups; 0 by default. */
  readonly seed?: number | undefined;
  /** Whether images of groups that have a name are looked at too; they are left out by default. */
  readonly replaceNamed?: boolean | undefined;
  /** Aborts by throwing its reason, between two classes. */
  readonly signal?: StopSignal | undefined;
  /** Called after every coarse class. */
  readonly progress?: ((event: { readonly done: number; readonly total: number }) => void) | undefined;
}

/** Groups that were proposed for a collection, with what there is to say of each class. */
export interface ProposedGroups {
  /** To be taken into force: `editor.apply({ action: "propose", proposal })`. */
  readonly proposal: GroupProposal;
  readonly classes: readonly ClassOfGroups[];
}

/** What was proposed for one coarse class; `coarse` is null for the images without one. */
export interface ClassOfGroups {
  readonly coarse: string | null;
  /** Images that were looked at. */
  readonly images: number;
  readonly reason: Reason;
  readonly groups: readonly { readonly size: number; readonly foundAgain: number | undefined }[];
  /** Images of the "not sure" tray. */
  readonly unsure: number;
  /** Undefined where no image has a fine label. */
  readonly scores: GroupScores | undefined;
}

/** How groups agree with the fine labels of a class; images without one are left out. */
export interface GroupScores {
  /** Images that have a fine label. */
  readonly images: number;
  /** The tray counts as one more group. */
  readonly ami: number;
  readonly ari: number;
  /** Of the best one-to-one matching of groups and fine classes; images of the tray are wrong. */
  readonly accuracy: number;
  /** Groups, and fine classes. */
  readonly found: number;
  readonly true: number;
}

/**
 * Proposes groups inside the coarse classes of a collection's live images (`proposeGroups`). Nothing is changed. The vectors
 * of all live images are whitened together, whichever classes are looked at.
 * @throws MaskconError "usage" where a class is not known or no image is left, "data" where the collection is damaged
 */
export async function proposeForCollection(
  collection: Collection,
  o: ProposeGroupsOptions = {},
): Promise<ProposedGroups> {
  const { by = "frozen", seed = 0, signal, progress } = o;
  const { rows } = collection;
  const { rows: live, features, dim } = await liveVectors(collection, by);
  const chosen = chosenRows(collection, o);
  const places = Int32Array.from(live.keys()).filter((place) => chosen[live[place]!]);
  if (places.length === 0) {
    const found = live.length === 0 ? "a collection without live images" : "none, or all of them in groups with a name";
    fail("usage", { where: collection.folder, expected: "images to group", found });
  }
  const all = await whitenRows(features, dim, signal);
  const rowOf = places.map((place) => live[place]!);
  const found = await proposeGroups({
    features: places.length === live.length ? all.rows : gatherRows(all.rows, all.dim, places),
    ...{ dim: all.dim, seed, whiten: false },
    // The classes of a set are counted from 0.
    coarse: Int32Array.from(rowOf, (row) => rows.coarse.numbers[row]! + 1),
    ...(signal && { signal }),
    ...(progress && { progress }),
  });
  return {
    proposal: { by, seed, ...columnsOf(found, collection, rowOf) },
    classes: found.map((own) => classOf(own, collection, rowOf)),
  };
}

const nameOf = ({ rows }: Collection, { coarse }: CoarseGroups) => rows.coarse.names[Number(coarse) - 1] ?? null;

/** [rows], 1 for those to look at. */
function chosenRows(collection: Collection, { coarse, replaceNamed = false }: ProposeGroupsOptions): Uint8Array {
  const { rows } = collection;
  const classes = wantedClasses(collection, coarse);
  const named = new Set(rows.groups.list.filter(({ name }) => name !== null).map(({ id }) => id));
  return Uint8Array.from(rows.coarse.numbers, (number, row) =>
    Number((!classes || classes.has(number)) && (replaceNamed || !named.has(rows.groups.of[row]!))),
  );
}

/** The columns of a proposal, a row for each image that was looked at. */
function columnsOf(found: readonly CoarseGroups[], collection: Collection, rowOf: Int32Array) {
  const ids = rowOf.map((row) => collection.rows.ids[row]!);
  const [groups, likely, leaves] = [new Int32Array(ids.length), new Int32Array(ids.length), new Int32Array(ids.length)];
  const confidence = new Float32Array(ids.length);
  let first = 0;
  const classes: ProposedClass[] = [];
  for (const own of found) {
    const leafIds = own.tree.leaves.map((image) => ids[image]!);
    own.members.forEach((image, i) => {
      groups[image] = own.groupOf[i]! < 0 ? -1 : first + own.groupOf[i]!;
      likely[image] = first + own.likelyGroup[i]!;
      leaves[image] = leafIds[own.leafOf[i]!]!;
      // Sums of shares may be above 1 by rounding.
      confidence[image] = Math.min(1, own.confidence[i]!);
    });
    first += own.groups.length;
    classes.push({
      ...{ coarse: nameOf(collection, own), reason: own.reason, tree: { ...own.tree, leaves: leafIds } },
      foundAgain: own.groups.map(({ foundAgain }) => foundAgain ?? null),
    });
  }
  return { ids, groups, likely, leaves, confidence, classes };
}

function classOf(own: CoarseGroups, collection: Collection, rowOf: Int32Array): ClassOfGroups {
  const { members, groups, groupOf, reason } = own;
  return {
    ...{ coarse: nameOf(collection, own), images: members.length, reason, groups },
    unsure: groupOf.reduce((sum, group) => sum + Number(group < 0), 0),
    scores: scoresOf(own, collection.rows.fine.numbers, rowOf),
  };
}

function scoresOf({ members, groups, groupOf }: CoarseGroups, fine: Int32Array, rowOf: Int32Array) {
  const known = [...members.keys()].filter((i) => fine[rowOf[members[i]!]!]! >= 0);
  if (known.length === 0) return undefined;
  const labels = Int32Array.from(known, (i) => fine[rowOf[members[i]!]!]!);
  const found = Int32Array.from(known, (i) => groupOf[i]!);
  return {
    ...{ images: known.length, ami: adjustedMutualInformation(labels, found) },
    ...{ ari: clusteringAgreement(labels, found).ari, accuracy: matchingAccuracy(labels, found) },
    ...{ found: groups.length, true: groupBy(labels, (label) => label).size },
  };
}
