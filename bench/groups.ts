/**
 * Groups inside coarse classes against their fine classes, beside k-means at the true count and GEORGE's rule on the same
 * whitened features; and one-class controls, where each fine class is given as a coarse class of its own.
 *
 *     node --import tsx bench/groups.ts FEATURES.npy LABELS.csv [--seeds 3] [--controls] [--no-george]
 *     node --import tsx bench/groups.ts COLLECTION [--trained]
 *
 * FEATURES.npy is float32 [images, features]; LABELS.csv has the columns coarse and fine, one row an image in the same order.
 * Images of a collection without a fine label are left out.
 */
import { Command } from "commander";
import { gatherRows } from "../src/core/index.ts";
import { adjustedMutualInformation, kMeans } from "../src/eval/index.ts";
import { type CoarseGroups, proposeGroups, whitenRows } from "../src/groups/index.ts";
import { george } from "./george.ts";
import { labelledOf, readLabelled } from "./labelled-features.ts";
import { table } from "./table.ts";

/** Where an oracle that knows the count does worse, the count of groups is not judged. */
const JUDGED = 0.4;
const FACTOR = 1.5;
const STARTS = 10;

const program = new Command()
  .argument("<collection or features>")
  .argument("[labels]")
  .option("--trained", "the vectors of the trained encoder of a collection", false)
  .option("--seeds <n>", "seeds 0, 1, ...", Number, 3)
  .option("--controls", "one-class controls instead", false)
  .option("--no-george", "without GEORGE's rule, which takes most of the time")
  .parse();
const options = program.opts<{ trained: boolean; seeds: number; controls: boolean; george: boolean }>();
const [source, labels] = program.args as [string, string?];
const kind = options.trained ? "trained" : "frozen";
const data = labels === undefined ? await labelledOf(source, kind) : readLabelled(source, labels);
const seeds = Array.from({ length: options.seeds }, (_, seed) => seed);
if (options.controls) await controls();
else await classes();

async function controls(): Promise<void> {
  for (const seed of seeds) {
    const found = await proposeGroups({ ...data, coarse: data.fine, seed });
    const split = found.filter(({ groups }) => groups.length > 1);
    console.log(`seed ${seed}: ${split.length} of ${found.length} fine classes are split`);
  }
}

interface Scores {
  readonly oracle: number;
  readonly ours: number;
  readonly george: number;
  /** On the features as they are, not whitened. */
  readonly georgeRaw: number;
  readonly found: number;
  readonly classes: number;
}

async function classes(): Promise<void> {
  const rows = await whitenRows(data.features, data.dim);
  const all: Scores[] = [];
  for (const seed of seeds) {
    const started = performance.now();
    const found = await proposeGroups({ ...data, seed });
    const seconds = (performance.now() - started) / 1000;
    const scores: Scores[] = [];
    for (const one of found) scores.push(await scoresOf(one, rows, seed));
    console.log(`\nseed ${seed}: ${seconds.toFixed(1)} s`);
    if (seed === 0) print(found, scores);
    summary(scores);
    all.push(...scores);
  }
  console.log("\nall seeds");
  summary(all);
}

async function scoresOf(one: CoarseGroups, all: { rows: Float32Array; dim: number }, seed: number): Promise<Scores> {
  const { rows, dim } = all;
  const fine = Array.from(one.members, (row) => data.fine[row]!);
  const own = gatherRows(rows, dim, one.members);
  const count = new Set(fine).size;
  return {
    oracle: adjustedMutualInformation(fine, await knowingCount(own, dim, count, seed)),
    // The tray counts as one more group.
    ours: adjustedMutualInformation(fine, one.groupOf),
    george: options.george ? adjustedMutualInformation(fine, george(own, dim, seed)) : Number.NaN,
    georgeRaw: options.george
      ? adjustedMutualInformation(fine, george(gatherRows(data.features, data.dim, one.members), data.dim, seed))
      : Number.NaN,
    found: one.groups.length,
    classes: count,
  };
}

/** The best of several starts of k-means at the true count. */
async function knowingCount(features: Float32Array, dim: number, k: number, seed: number): Promise<Int32Array> {
  let best = await kMeans({ features, dim, k, seed: STARTS * seed });
  for (let start = 1; start < STARTS; start++) {
    const next = await kMeans({ features, dim, k, seed: STARTS * seed + start });
    if (next.inertia < best.inertia) best = next;
  }
  return best.clusters;
}

function print(found: readonly CoarseGroups[], scores: readonly Scores[]): void {
  const lines = found.map((one, i) => {
    const { oracle, ours, george: rule, georgeRaw, found: groups, classes: count } = scores[i]!;
    const tray = one.groupOf.filter((group) => group < 0).length / one.members.length;
    const figures = [oracle, ours, rule, georgeRaw, one.evidence?.excess ?? 0, tray].map((value) => value.toFixed(2));
    return [`${one.coarse}`, `${one.members.length}`, `${groups} of ${count}`, ...figures];
  });
  console.log(
    table([["class", "images", "groups", "k-means", "ours", "GEORGE", "not whitened", "excess", "tray"], ...lines]),
  );
}

function summary(scores: readonly Scores[]): void {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [oracle, ours, rule, raw] = (["oracle", "ours", "george", "georgeRaw"] as const).map((name) =>
    mean(scores.map((s) => s[name])),
  );
  const judged = scores.filter((s) => s.oracle >= JUDGED);
  const right = judged.filter(({ found, classes: count }) => found <= FACTOR * count && count <= FACTOR * found);
  console.log(
    `AMI within the class: k-means at the true count ${oracle!.toFixed(3)}, ours ${ours!.toFixed(3)} (${(ours! / oracle!).toFixed(2)} of it), GEORGE ${rule!.toFixed(3)}, not whitened ${raw!.toFixed(3)}; count within ${FACTOR}: ${right.length} of ${judged.length} classes with k-means >= ${JUDGED}`,
  );
}
