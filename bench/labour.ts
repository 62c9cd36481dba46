/**
 * A simulated person who names fine classes: fine accuracy against the number of actions, by the proposed groups and picture by
 * picture, beside the accuracy of the nearest neighbour, which knows all other labels.
 *
 *     node --import tsx bench/labour.ts COLLECTION [--trained] [--seed 0]
 *     node --import tsx bench/labour.ts FEATURES.npy LABELS.csv
 *
 * LABELS.csv has the columns coarse and fine, one row an image in the same order. Images without a fine label are left out.
 */
import { Command } from "commander";
import { groupBy, permutation, random } from "../src/core/index.ts";
import { nearestNeighbours } from "../src/eval/index.ts";
import { proposeGroups, whitenRows } from "../src/groups/index.ts";
import { type LabelledFeatures, labelledOf, readLabelled } from "./labelled-features.ts";
import { farthestFirst, labelOneByOne } from "./picture-by-picture.ts";
import { nameGroups } from "./simulated-person.ts";
import { table } from "./table.ts";

/** Of the best possible accuracy, so much is asked for, and one action for so many images. */
const ENOUGH = 0.9;
const IMAGES_AN_ACTION = 20;
const DRAWS = 5;
/** Images for each action at which the curve is shown. */
const SHOWN = [200, 100, 50, 20, 10, 5, 2, 1];

const program = new Command()
  .argument("<collection or features>")
  .argument("[labels]")
  .option("--trained", "the vectors of the trained encoder", false)
  .option("--seed <n>", "seed of the groups", Number, 0)
  .parse();
const { trained, seed } = program.opts<{ trained: boolean; seed: number }>();
const [source, labels] = program.args as [string, string?];
const kind = trained ? "trained" : "frozen";
const data = labels === undefined ? await labelledOf(source, kind) : readLabelled(source, labels);
const { rows, dim } = await whitenRows(data.features, data.dim);
const white: LabelledFeatures = { ...data, features: rows, dim };
const images = data.fine.length;

const best = await nearestRight(white);
console.log(`${images} images, nearest neighbour in the coarse class: ${best.toFixed(3)}`);
console.log(`  on the features as they are: ${(await nearestRight(data)).toFixed(3)}`);
const found = await proposeGroups({ ...data, seed });
const groups = found.reduce((sum, own) => sum + own.groups.length, 0);
console.log(`${groups} groups in ${found.length} coarse classes, ${new Set(data.fine).size} fine classes`);

const draws = Array.from({ length: DRAWS }, (_, draw) =>
  labelOneByOne(white, permutation(images, random(seed, draw)).values()),
);
const random5 = draws[0]!.map((_, i) => draws.reduce((sum, curve) => sum + curve[i]!, 0) / DRAWS);
const person = nameGroups(found, data);
const curves = {
  groups: person.right,
  "groups, no assigning": person.rightWithoutAssigning,
  "random pictures": random5,
  "farthest first": labelOneByOne(white, farthestFirst(white)),
};
const shownAt = SHOWN.map((each) => Math.round(images / each));
const at = (curve: readonly number[], actions: number) => curve[Math.min(actions, curve.length - 1)]! / images;
const enough = ENOUGH * best * images;
const lines = Object.entries(curves).map(([name, curve]) => {
  const needed = curve.findIndex((right) => right >= enough);
  const each = ((needed / images) * IMAGES_AN_ACTION).toFixed(2);
  const reached = needed < 0 ? ["never", ""] : [String(needed), each];
  return [name, ...shownAt.map((actions) => at(curve, actions).toFixed(3)), ...reached];
});
const head = ["actions", ...shownAt.map(String), `for ${ENOUGH} of best`, `per ${IMAGES_AN_ACTION} images`];
console.log(table([head, ...lines]));
const counts = Object.entries(person.kindsUntil(enough)).map(([kind, count]) => `${count} ${kind}`);
console.log(`until then: ${counts.join(", ")}`);

/** The share of the images whose nearest other image of the coarse class is of their fine class. */
async function nearestRight({ features, dim: width, coarse, fine }: LabelledFeatures): Promise<number> {
  const classes = [...groupBy(coarse, (name) => name).keys()];
  const within = Int32Array.from(coarse, (name) => classes.indexOf(name));
  const nearest = (await nearestNeighbours({ features, dim: width, count: 1, within })).rows;
  return fine.filter((name, i) => fine[nearest[i]!] === name).length / fine.length;
}
