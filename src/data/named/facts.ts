import type { Dataset, LoadedData } from "../dataset.ts";
import { withFailure } from "./checked.ts";
import type { DatasetCheck } from "./dataset-check.ts";

type Fact = DatasetCheck["facts"][number];

/** What a split has of labels; `Dataset` has all of it. */
export interface FactLabels {
  readonly length: number;
  readonly fine: Int32Array;
  readonly coarse: Int32Array;
  /** How many there are to choose from. */
  readonly fineCount: number;
  readonly coarseCount: number;
}

export interface Expected {
  readonly train: number;
  readonly test: number;
  readonly coarse: number;
  readonly fine: number;
  /** Images of a fine class: the fewest and the most. */
  readonly trainEach: readonly [number, number];
  readonly testEach: readonly [number, number];
}

function factLabels(dataset: Dataset): FactLabels {
  const { length, fine, coarse, fineClasses, coarseClasses } = dataset;
  return {
    length,
    fine: fine ?? new Int32Array(0),
    coarse,
    fineCount: fineClasses?.length ?? 0,
    coarseCount: coarseClasses.length,
  };
}

/** Counts, classes and the map from fine to coarse, beside what they should be. */
export function factsOf(train: FactLabels, test: FactLabels, expected: Expected): Fact[] {
  return [
    { what: "training images", expected: expected.train, found: train.length },
    { what: "test images", expected: expected.test, found: test.length },
    { what: "coarse classes", expected: expected.coarse, found: used(train.coarse, test.coarse) },
    { what: "fine classes", expected: expected.fine, found: used(train.fine, test.fine) },
    { what: "training images a fine class", expected: range(expected.trainEach), found: range(spread(train)) },
    { what: "test images a fine class", expected: range(expected.testEach), found: range(spread(test)) },
    { what: "fine classes in two coarse ones", expected: 0, found: straying(train, test) },
  ];
}

const used = (...labels: readonly Int32Array[]) => {
  const seen = new Set<number>();
  for (const list of labels) for (const label of list) seen.add(label);
  return seen.size;
};

const range = ([least, most]: readonly [number, number]) => (least === most ? least : `${least} to ${most}`);

function spread({ fine, fineCount }: FactLabels): [number, number] {
  const counts = new Int32Array(fineCount);
  for (const label of fine) counts[label]!++;
  return fineCount === 0 ? [0, 0] : [Math.min(...counts), Math.max(...counts)];
}

/** How many fine classes have images of more than one coarse class. */
function straying(...splits: readonly FactLabels[]): number {
  const coarseOf = new Map<number, number>();
  const strays = new Set<number>();
  for (const { fine, coarse } of splits) {
    for (const [i, label] of fine.entries()) {
      const before = coarseOf.get(label);
      if (before === undefined) coarseOf.set(label, coarse[i]!);
      else if (before !== coarse[i]) strays.add(label);
    }
  }
  return strays.size;
}

/** The files' problems, with the facts of what can be opened; what cannot is one problem more. */
export async function withFacts(
  folder: string,
  files: DatasetCheck["files"],
  open: () => Promise<LoadedData>,
  expected: Expected,
  more: (data: LoadedData) => DatasetCheck["facts"] = () => [],
): Promise<DatasetCheck> {
  try {
    const data = await open();
    const facts = factsOf(factLabels(data.train), factLabels(data.test ?? data.train), expected);
    return { files, facts: [...facts, ...more(data)] };
  } catch (error) {
    return withFailure(folder, files, error);
  }
}

/** The fine classes of each coarse class, by name: the label map itself. */
export function members(dataset: Dataset): Map<string, string> {
  const sets = dataset.coarseClasses.map(() => new Set<number>());
  for (const [i, label] of (dataset.fine ?? new Int32Array(0)).entries()) sets[dataset.coarse[i]!]!.add(label);
  const names = sets.map((set) => [...set].sort((a, b) => a - b).map((label) => dataset.fineClasses![label]!));
  return new Map(dataset.coarseClasses.map((name, i) => [name, names[i]!.join(", ")]));
}
