import { fail } from "../../core/index.ts";
import type { GroupTree, Reason } from "../../groups/index.ts";
import type { VectorKind } from "../part-files.ts";

/** Groups that were proposed for images of a collection (`proposeGroups`), with the trees that they were cut from. */
export interface GroupProposal {
  /** Whose vectors it was made from. */
  readonly by: VectorKind;
  readonly seed: number;
  readonly classes: readonly ProposedClass[];
  /** Ids of the images that were looked at, rising; the columns below have one value for each. */
  readonly ids: Int32Array;
  /** The place of its group among those of all classes, one class after the other; -1 for the "not sure" tray. */
  readonly groups: Int32Array;
  /** The same without the tray. */
  readonly likely: Int32Array;
  /** Ids of images that are leaves of the tree of its class: the image itself, or the nearest. */
  readonly leaves: Int32Array;
  /** Share of the nearest images that lie in the likely group, 0 to 1. */
  readonly confidence: Float32Array;
}

/** The groups that were proposed inside one coarse class. */
export interface ProposedClass {
  /** null for the images without a class. */
  readonly coarse: string | null;
  readonly reason: Reason;
  /** Share of each group that was found again in half of the images; null for the only group. */
  readonly foundAgain: readonly (number | null)[];
  /** Its leaves are ids of images. */
  readonly tree: GroupTree;
}

/** How many groups there are in all classes. */
export const proposedCount = ({ classes }: Pick<GroupProposal, "classes">): number =>
  classes.reduce((sum, { foundAgain }) => sum + foundAgain.length, 0);

/** The class of each group, by place. */
export const classOfGroup = ({ classes }: Pick<GroupProposal, "classes">): Int32Array =>
  Int32Array.from(classes.flatMap(({ foundAgain }, place) => foundAgain.map(() => place)));

/**
 * Refuses a proposal that contradicts itself.
 * @param below every id is smaller
 * @throws MaskconError "data" where it does
 */
export function checkProposal(proposal: GroupProposal, below: number, where: string): void {
  const { classes, ids, groups, likely, leaves, confidence } = proposal;
  const refuse = (expected: string, found: string): never => fail("data", { where, expected, found });
  const names = new Set(classes.map(({ coarse }) => coarse));
  if (names.size < classes.length) refuse("each class once", "one of them twice");
  for (const { coarse, foundAgain, tree } of classes) checkTree(tree, foundAgain.length, below, `${where}, ${coarse}`);
  const count = proposedCount(proposal);
  for (const column of [groups, likely, leaves, confidence]) {
    if (column.length !== ids.length) refuse(`columns of ${ids.length} rows`, String(column.length));
  }
  for (let row = 0; row < ids.length; row++) {
    const [group, own, sure] = [groups[row]!, likely[row]!, confidence[row]!];
    const isId = (id: number) => id >= 1 && id < below;
    const fits = isId(ids[row]!) && (row === 0 || ids[row]! > ids[row - 1]!) && isId(leaves[row]!);
    if (fits && own >= 0 && own < count && (group === own || group === -1) && sure >= 0 && sure <= 1) continue;
    const values = `id ${ids[row]}, group ${group}, likely ${own}, leaf ${leaves[row]}, confidence ${sure}`;
    refuse(`rising ids below ${below}, groups below ${count}, a confidence from 0 to 1`, `${values} in row ${row}`);
  }
  if (classes.length === 0) refuse("a proposal for a class", "one without any");
}

/** So that whoever walks it comes to an end, and finds ids of images. */
function checkTree({ leaves, merges, nodes }: GroupTree, groups: number, below: number, where: string): void {
  const refuse = (expected: string, found: string): never => fail("data", { where, expected, found });
  const n = leaves.length;
  if (n === 0 || merges.length !== n - 1) refuse("one merge fewer than leaves", `${merges.length} of ${n}`);
  if (nodes.length !== groups || groups === 0) refuse("a node for each group", `${nodes.length} for ${groups}`);
  for (const leaf of leaves) if (!(leaf >= 1 && leaf < below)) refuse(`ids below ${below}`, String(leaf));
  const used = new Uint8Array(n + merges.length);
  merges.forEach(({ left, right, height }, place) => {
    for (const child of [left, right]) {
      if (!(child >= 0 && child < n + place) || used[child]) {
        refuse("a tree: each node once, children before their parents", `node ${child} below merge ${place}`);
      }
      used[child] = 1;
    }
    if (!(height >= 0 && Number.isFinite(height))) refuse("heights from 0 on", String(height));
  });
  for (const node of nodes) if (!(node < n + merges.length)) refuse("nodes of the tree", String(node));
}
