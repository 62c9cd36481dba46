import type { StopSignal } from "../core/index.ts";
import { contentDigests, type Dataset, DIGEST_BYTES, idOf } from "../data/index.ts";
import { type EditableRows, hashOf } from "./rows.ts";

/** Images of one split, or of none. */
export interface ImageSet {
  readonly dataset: Dataset;
  readonly split: "train" | "test" | undefined;
}

/** An image that a collection does not have, or has as it was before. */
export interface NewImage {
  readonly set: ImageSet;
  readonly index: number;
  readonly name: string;
  readonly hash: string;
  /** The row that it takes the place of. */
  readonly replaces: number | undefined;
}

/** Images beside the rows that came from the same place. */
interface ComparedSets {
  readonly added: readonly NewImage[];
  /** Ids of rows that are as they were. */
  readonly unchanged: number;
  /** Rows whose image is there, unchanged or not, by position. */
  readonly found: ReadonlySet<number>;
  /** Ids of rows whose image came with another label this time; theirs stays. */
  readonly relabelled: readonly number[];
}

/**
 * Compares images with the rows of their source, by name and content.
 * @param source its place in `record.sources`
 * @throws MaskconError "image" where one has to be read for it and cannot be
 */
export async function compareWithRows(
  sets: readonly ImageSet[],
  rows: EditableRows | undefined,
  source: number,
  signal: StopSignal | undefined,
): Promise<ComparedSets> {
  const known = rows ? currentRows(rows, source) : new Map<string, number>();
  const added: NewImage[] = [];
  const relabelled: number[] = [];
  const found = new Set<number>();
  const taken = new Set<string>();
  let unchanged = 0;
  for (const set of sets) {
    const digests = await contentDigests(set.dataset, signal);
    for (let index = 0; index < set.dataset.length; index++) {
      const name = freeName(idOf(set.dataset, index), taken);
      const hash = Buffer.from(digests.subarray(DIGEST_BYTES * index, DIGEST_BYTES * (index + 1))).toString("hex");
      const position = known.get(name);
      if (position !== undefined) found.add(position);
      if (rows && position !== undefined && hashOf(rows, position) === hash) {
        unchanged++;
        if (!hasLabels(rows, position, set.dataset, index)) relabelled.push(rows.ids[position]!);
      } else {
        added.push({ set, index, name, hash, replaces: position === undefined ? undefined : rows!.ids[position]! });
      }
    }
  }
  return { added, unchanged, found, relabelled };
}

/** The rows of a source that nothing has replaced, by name. */
export function currentRows(rows: EditableRows, source: number): Map<string, number> {
  const known = new Map<string, number>();
  // Ids rise: of two rows of one name the later one is the current one.
  for (let row = 0; row < rows.length; row++) if (rows.sources[row] === source) known.set(rows.names[row]!, row);
  return known;
}

/** Two splits may count from 0 each. */
function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let n = 2; taken.has(free); n++) free = `${name} (${n})`;
  taken.add(free);
  return free;
}

/** Whether a row came with the labels that an image has. */
function hasLabels(rows: EditableRows, position: number, dataset: Dataset, index: number): boolean {
  const same = (labels: EditableRows["coarse"], name: string | undefined) =>
    labels.names[labels.collected[position]!] === name;
  return same(rows.coarse, coarseName(dataset, index)) && same(rows.fine, fineName(dataset, index));
}

export const coarseName = ({ coarse, coarseClasses }: Dataset, index: number): string | undefined =>
  coarseClasses[coarse[index]!];

export const fineName = ({ fine, fineClasses }: Dataset, index: number): string | undefined =>
  fine && fineClasses?.[fine[index]!];
