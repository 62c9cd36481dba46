/**
 * Wrong labels that are planted: average precision of `suspectLabels` on whitened features beside cleanlab's k-NN formulae
 * (k 10; self-confidence, which it ranks by, and normalised margin) on the same neighbours; and how many wrong labels are
 * estimated beside how many there are.
 *
 *     node --import tsx bench/review.ts FEATURES.npy LABELS.csv [--seeds 3]
 *
 * Features must be of an encoder that did not learn these labels. FEATURES.npy and LABELS.csv as in groups.ts.
 */
import { Command } from "commander";
import { random } from "../src/core/index.ts";
import { type NearestNeighbours, nearestNeighbours, normalizeRows } from "../src/eval/index.ts";
import { whitenRows } from "../src/groups/index.ts";
import { COPIES_BEFORE, VOTERS } from "../src/review/label-votes.ts";
import { suspectLabels } from "../src/review/suspect-labels.ts";
import { readLabelled } from "./labelled-features.ts";
import { table } from "./table.ts";

const program = new Command()
  .argument("<features>")
  .argument("<labels>")
  .option("--seeds <n>", "seeds 0, 1, ...", Number, 3)
  .parse();
const { seeds } = program.opts<{ seeds: number }>();
const { features, dim, coarse } = readLabelled(program.args[0]!, program.args[1]!);
const names = [...new Set(coarse)];
const labels = Int32Array.from(coarse, (name) => names.indexOf(name));
const CLEANLAB_K = 10;

const whitened = await whitenRows(features, dim);
const neighbours = await nearestNeighbours({
  features: whitened.rows,
  dim: whitened.dim,
  count: VOTERS + COPIES_BEFORE,
});
const nearestClass = nearestClasses();
const rows = [];
for (const kind of ["uniform", "nearest"] as const) {
  // Without a wrong label both kinds are the same.
  for (const rate of kind === "uniform" ? [0, 0.02, 0.05, 0.1] : [0.02, 0.05, 0.1]) {
    const sums = [0, 0, 0];
    const counts = { planted: 0, estimated: 0 };
    for (let seed = 0; seed < seeds; seed++) {
      const { given, wrong } = planted(kind, rate, seed);
      const { ranked, estimated } = await suspectLabels({ neighbours, labels: given, classes: names.length });
      counts.planted += wrong.reduce((sum, one) => sum + one, 0) / seeds;
      counts.estimated += estimated / seeds;
      const ours = ranked.map(({ image }) => image);
      [ours, ...cleanlab(neighbours, given)].forEach((ranking, i) => {
        sums[i]! += averagePrecision(ranking, wrong) / seeds;
      });
    }
    const precisions = sums.map((value) => (rate === 0 ? "" : value.toFixed(3)));
    rows.push([
      kind,
      `${100 * rate} %`,
      ...precisions,
      ...[counts.planted, counts.estimated].map(Math.round).map(String),
    ]);
  }
}
console.log(`${labels.length} images, ${names.length} coarse classes, ${seeds} seeds`);
console.log(table([["kind", "rate", "ours", "self-confidence", "margin", "planted", "estimated"], ...rows]));

function planted(kind: "uniform" | "nearest", rate: number, seed: number) {
  const rng = random(seed, Math.round(1000 * rate), kind === "uniform" ? 0 : 1);
  const wrong = labels.map(() => (rng.uniform() < rate ? 1 : 0));
  const given = labels.map((label, i) => {
    if (!wrong[i]) return label;
    return kind === "nearest" ? nearestClass(i) : (label + 1 + rng.integer(names.length - 1)) % names.length;
  });
  return { given, wrong };
}

/** For an image the other class whose mean is most similar to it. */
function nearestClasses(): (image: number) => number {
  const { rows: all, dim: width } = whitened;
  const means = new Float32Array(names.length * width);
  labels.forEach((label, i) => {
    for (let d = 0; d < width; d++) means[label * width + d]! += all[i * width + d]!;
  });
  const units = normalizeRows(means, width);
  return (image) => {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (let c = 0; c < names.length; c++) {
      let similarity = 0;
      for (let d = 0; d < width; d++) similarity += units[c * width + d]! * all[image * width + d]!;
      if (c !== labels[image] && similarity > most) [best, most] = [c, similarity];
    }
    return best;
  };
}

/** Rankings by k-NN shares of the labels: by that of the own one, and by the margin to the best other one. */
function cleanlab({ count, rows: near }: NearestNeighbours, given: Int32Array): number[][] {
  const scores = [new Float64Array(given.length), new Float64Array(given.length)];
  for (let i = 0; i < given.length; i++) {
    const shares = new Float64Array(names.length);
    for (let place = 0; place < CLEANLAB_K; place++) shares[given[near[i * count + place]!]!]! += 1 / CLEANLAB_K;
    const own = shares[given[i]!]!;
    shares[given[i]!] = -1;
    scores[0]![i] = 1 - own;
    scores[1]![i] = Math.max(...shares) - own;
  }
  return scores.map((score) => [...score.keys()].sort((a, b) => score[b]! - score[a]! || a - b));
}

/** What a ranking leaves out stands last. */
function averagePrecision(ranking: readonly number[], wrong: Int32Array): number {
  const ranked = new Set(ranking);
  const whole = [...ranking, ...[...wrong.keys()].filter((i) => !ranked.has(i))];
  let [found, sum] = [0, 0];
  whole.forEach((image, place) => {
    if (wrong[image]) sum += ++found / (place + 1);
  });
  return sum / found;
}
