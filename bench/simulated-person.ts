import { gatherRows, groupBy } from "../src/core/index.ts";
import { cutImages, joinNearest } from "../src/curate/cut-images.ts";
import type { CoarseGroups } from "../src/groups/index.ts";

/** What is known of the images: their fine classes, and their vectors [images, dim]. */
interface Known {
  readonly fine: readonly string[];
  readonly features: Float32Array;
  readonly dim: number;
}

/** Images that lie together. */
type Part = readonly number[];

/** What the person may do next: some actions, and how many more images are then right. */
interface Move {
  readonly kinds: readonly Kind[];
  readonly gain: number;
  /** Parts that take the place of the part. */
  readonly parts: readonly Part[];
  readonly isNamed: boolean;
}

type Kind = "name" | "split" | "assign";

interface Standing {
  readonly images: Part;
  readonly own: CoarseGroups;
  readonly isNamed: boolean;
}

/** A split is tried into 2 to so many parts. */
const MOST_PARTS = 8;

/**
 * A person who knows the fine classes, and what every action will bring, takes next what brings most images an action:
 * a name for a group (its most frequent class; two groups may have one name), a split along the tree and a name for each
 * part, for a split takes the name away; or one image into its class. Images without a name are wrong.
 */
export function nameGroups(found: readonly CoarseGroups[], known: Known) {
  const { fine } = known;
  const most = (images: readonly number[]) =>
    Math.max(0, ...[...groupBy(images, (image) => fine[image]!).values()].map((own) => own.length));
  let standing = found.flatMap((own) => firstParts(own).map((images) => ({ images, own, isNamed: false })));
  let moves = new Map(standing.map((part) => [part, bestMove(part, most, known)]));
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
    const next = move.parts.map((images) => ({ images, own, isNamed: move.isNamed }));
    standing = [...standing.filter((other) => other !== part), ...next];
    moves = new Map([...moves, ...next.map((one) => [one, bestMove(one, most, known)] as const)]);
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
function firstParts({ members, groups, groupOf }: CoarseGroups): Part[] {
  return groups.map((_, group) => [...members].filter((_image, i) => groupOf[i] === group));
}

function bestMove({ own, images, isNamed }: Standing, most: (images: Part) => number, known: Known) {
  const now = isNamed ? most(images) : 0;
  const naming: Move = { kinds: ["name"], gain: most(images) - now, parts: [images], isNamed: true };
  const splits = Array.from({ length: MOST_PARTS - 1 }, (_, i): Move => {
    const parts = split(own, images, i + 2, known);
    const gain = parts.reduce((sum, part) => sum + most(part), 0) - now;
    return { kinds: ["split", ...parts.map(() => "name" as const)], gain, parts, isNamed: true };
  });
  const possible = [...(isNamed ? [] : [naming]), ...splits.filter(({ parts }) => parts.length > 1)];
  return possible.reduce<Move | undefined>((best, move) => (worth(move) > worth(best) ? move : best), undefined);
}

/** As `partsAlongTree` does. */
function split({ tree, members, leafOf }: CoarseGroups, images: Part, count: number, { features, dim }: Known): Part[] {
  const place = new Map(Array.from(members, (image, i) => [image, i]));
  const leaves = Int32Array.from(images, (image) => leafOf[place.get(image)!]!);
  const partOf = joinNearest(cutImages(tree, leaves, count), gatherRows(features, dim, images), dim);
  return [...groupBy([...images.keys()], (at) => partOf[at]!).values()].map((own) => own.map((at) => images[at]!));
}
