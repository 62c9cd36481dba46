import { groupBy } from "../src/core/index.ts";
import type { CoarseGroups } from "../src/groups/index.ts";

/** Images that lie together, and their node of the tree. */
interface Part {
  readonly node: number;
  readonly images: readonly number[];
}

/** What the person may do next: some actions, and how many more images are then right. */
interface Move {
  readonly kinds: readonly Kind[];
  readonly gain: number;
  /** Parts that take the place of the part. */
  readonly parts: readonly Part[];
  readonly isNamed: boolean;
}

type Kind = "name" | "split" | "assign";

interface Standing extends Part {
  readonly own: CoarseGroups;
  readonly isNamed: boolean;
}

/** A split is tried into 2 to so many parts. */
const MOST_PARTS = 8;

/**
 * A person who knows the fine classes, and what every action will bring, takes next what brings most images an action:
 * a name for a group (its most frequent class; two groups may have one name), a split along the tree and a name for each
 * part, for a split takes the name away; or one image into its class. Images without a name are wrong.
 * @param fine of each image
 */
export function nameGroups(found: readonly CoarseGroups[], fine: readonly string[]) {
  const most = (images: readonly number[]) =>
    Math.max(0, ...[...groupBy(images, (image) => fine[image]!).values()].map((own) => own.length));
  let standing = found.flatMap((own) => firstParts(own).map((part) => ({ ...part, own, isNamed: false })));
  let moves = new Map(standing.map((part) => [part, bestMove(part, most)]));
  const right = [0];
  const kinds: Kind[] = [];
  const take = (move: Pick<Move, "kinds" | "gain">) => {
    const before = right.at(-1)!;
    // What a split brings is there when its parts have names.
    for (const kind of move.kinds) {
      kinds.push(kind);
      right.push(before);
    }
    right[right.length - 1] = before + move.gain;
  };
  for (;;) {
    const part = standing.reduce<Standing | undefined>(
      (best, next) => (best && worth(moves.get(best)) >= worth(moves.get(next)) ? best : next),
      undefined,
    );
    const move = part && moves.get(part);
    // An image put right by hand brings 1.
    if (!part || !move || worth(move) <= 1) break;
    take(move);
    const { own } = part;
    const next = move.parts.map((one) => ({ ...one, own, isNamed: move.isNamed }));
    standing = [...standing.filter((other) => other !== part), ...next];
    moves = new Map([...moves, ...next.map((one) => [one, bestMove(one, most)] as const)]);
  }
  const rightWithoutAssigning = [...right];
  while (right.at(-1)! < fine.length) take({ kinds: ["assign"], gain: 1 });
  return {
    right,
    rightWithoutAssigning,
    /** Actions of each kind before so many images are right. */
    kindsUntil: (enough: number): Partial<Record<Kind, number>> => {
      const until = right.findIndex((count) => count >= enough);
      return Object.fromEntries([...groupBy(kinds.slice(0, until), (kind) => kind)].map(([k, all]) => [k, all.length]));
    },
  };
}

const worth = (move: Move | undefined): number => (move ? move.gain / move.kinds.length : 0);

/** The groups as they are proposed; the tray is in none. */
function firstParts({ members, groups, groupOf, tree }: CoarseGroups): Part[] {
  return groups.map((_, group) => ({
    node: tree.nodes[group]!,
    images: [...members].filter((_image, i) => groupOf[i] === group),
  }));
}

function bestMove({ own, node, images, isNamed }: Standing, most: (images: readonly number[]) => number) {
  const now = isNamed ? most(images) : 0;
  const naming: Move = { kinds: ["name"], gain: most(images) - now, parts: [{ node, images }], isNamed: true };
  const splits = Array.from({ length: MOST_PARTS - 1 }, (_, i): Move => {
    const parts = split(own, { node, images }, i + 2);
    const gain = parts.reduce((sum, part) => sum + most(part.images), 0) - now;
    return { kinds: ["split", ...parts.map(() => "name" as const)], gain, parts, isNamed: true };
  });
  const possible = [...(isNamed ? [] : [naming]), ...splits.filter(({ parts }) => parts.length > 1)];
  return possible.reduce<Move | undefined>((best, move) => (worth(move) > worth(best) ? move : best), undefined);
}

/** As `partsAlongTree` cuts: the higher node first; images that lie elsewhere in the tree go with the largest part. */
function split({ tree, members, leafOf }: CoarseGroups, { node, images }: Part, count: number): Part[] {
  const n = tree.leaves.length;
  let nodes = [node];
  while (nodes.length < count) {
    // Children come before their parents, and are no higher.
    const highest = nodes.reduce((best, one) => (heightOf(one) > heightOf(best) ? one : best));
    if (highest < n) break;
    const { left, right } = tree.merges[highest - n]!;
    nodes = nodes.flatMap((one) => (one === highest ? [left, right] : [one]));
  }
  const partOfLeaf = new Map(nodes.flatMap((one, part) => leavesBelow(one).map((leaf) => [leaf, part] as const)));
  const place = new Map(Array.from(members, (image, i) => [image, i]));
  const filled = [...groupBy(images, (image) => partOfLeaf.get(leafOf[place.get(image)!]!) ?? -1)]
    .filter(([part]) => part >= 0)
    .map(([part, own]) => ({ node: nodes[part]!, images: own }))
    .sort((a, b) => b.images.length - a.images.length);
  const lost = images.filter((image) => !partOfLeaf.has(leafOf[place.get(image)!]!));
  return filled.map((part, i) => (i === 0 ? { ...part, images: [...part.images, ...lost] } : part));

  function heightOf(one: number): number {
    return one < n ? -1 : tree.merges[one - n]!.height;
  }

  function leavesBelow(one: number): number[] {
    if (one < n) return [one];
    const { left, right } = tree.merges[one - n]!;
    return [...leavesBelow(left), ...leavesBelow(right)];
  }
}
