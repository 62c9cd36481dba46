/**
 * Groups that are planted in a wrong coarse class: are they listed, and what else is? Proposes groups, moves some of them as a
 * whole to another class, each drawn by chance, and asks as `reviewCollection` does; the first line has none planted.
 *
 *     node --import tsx bench/wrong-groups.ts COLLECTION [--trials 10] [--most 3]
 *
 * COLLECTION is copied, not changed.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { editCollection, liveVectors } from "../src/collection/index.ts";
import { random } from "../src/core/index.ts";
import { proposeForCollection } from "../src/curate/index.ts";
import { whitenRows } from "../src/groups/index.ts";
import { wrongGroups } from "../src/review/wrong-groups.ts";
import { table } from "./table.ts";

const program = new Command()
  .argument("<collection>")
  .option("--trials <n>", "", Number, 10)
  .option("--most <n>", "groups planted at a time, from 1 on in turn", Number, 3)
  .parse();
const { trials, most } = program.opts<{ trials: number; most: number }>();
const folder = mkdtempSync(join(tmpdir(), "maskcon-wrong-groups-"));
try {
  cpSync(program.args[0]!, join(folder, "collection"), { recursive: true });
  const editor = await editCollection(join(folder, "collection"));
  const { collection } = editor;
  const { proposal } = await proposeForCollection(collection);
  await editor.apply({ action: "propose", proposal });
  const { rows } = collection;
  const { list } = rows.groups;
  console.log(`${list.length} groups of ${Math.min(...list.map(({ size }) => size))} images and more`);
  const { rows: rowOf, features, dim } = await liveVectors(collection, "frozen");
  const whitened = await whitenRows(features, dim);
  const groupOf = rowOf.map((row) => rows.groups.of[row]! - 1);
  const right = rowOf.map((row) => rows.coarse.numbers[row]!);
  const classes = rows.coarse.names.length;
  const shared = { features: whitened.rows, dim: whitened.dim, classes, groupOf };
  const lines = [["seed", "planted (images)", "found", "right class", "at the top", "others"]];
  const sums = { planted: 0, found: 0, right: 0, others: 0 };
  for (let seed = -1; seed < trials; seed++) {
    const rng = random(seed + 1);
    const labels = right.slice();
    const left = [...list];
    const planted = Array.from({ length: seed < 0 ? 0 : 1 + (seed % most) }, () => {
      const { id, coarse, size } = left.splice(rng.integer(left.length), 1)[0]!;
      const from = rows.coarse.names.indexOf(coarse!);
      const to = (from + 1 + rng.integer(classes - 1)) % classes;
      for (const [image, group] of groupOf.entries()) if (group === id - 1) labels[image] = to;
      return { group: id - 1, from, size };
    });
    const listed = await wrongGroups({ ...shared, labels });
    const isPlanted = ({ group }: { group: number }) => planted.some((one) => one.group === group);
    const found = listed.filter(isPlanted);
    const well = found.filter(({ group, suggested }) => planted.find((one) => one.group === group)?.from === suggested);
    const top = listed.slice(0, planted.length).filter(isPlanted);
    const others = listed.length - found.length;
    lines.push([
      ...[
        seed < 0 ? "" : `${seed}`,
        seed < 0 ? "none" : `${planted.length} (${planted.map(({ size }) => size).join(", ")})`,
      ],
      ...[found.length, well.length, top.length, others].map(String),
    ]);
    sums.planted += planted.length;
    sums.found += found.length;
    sums.right += well.length;
    sums.others += others;
  }
  lines.push(["all", ...[sums.planted, sums.found, sums.right].map(String), "", `${sums.others}`]);
  console.log(table(lines));
  await editor.close();
} finally {
  rmSync(folder, { recursive: true });
}
