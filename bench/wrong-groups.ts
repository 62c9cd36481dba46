/**
 * Groups that are planted in a wrong coarse class: are they listed by `reviewCollection`, and what else is? Proposes groups,
 * moves some of them as a whole to another class, each drawn by chance, and reviews; the first line has none planted.
 *
 *     node --import tsx bench/wrong-groups.ts COLLECTION [--trials 10] [--most 3]
 *
 * COLLECTION is copied, not changed.
 */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { type CollectionEditor, editCollection } from "../src/collection/index.ts";
import { random } from "../src/core/index.ts";
import { proposeForCollection } from "../src/curate/index.ts";
import { reviewCollection } from "../src/review/index.ts";
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
  const { proposal } = await proposeForCollection(editor.collection);
  await editor.apply({ action: "propose", proposal });
  const { list } = editor.collection.rows.groups;
  console.log(`${list.length} groups of ${Math.min(...list.map(({ size }) => size))} images and more`);
  const lines = [await trial(editor, 0, 0)];
  for (let seed = 0; seed < trials; seed++) lines.push(await trial(editor, seed, 1 + (seed % most)));
  console.log(table([["seed", "planted (images)", "found", "right class", "at the top", "others"], ...lines]));
  await editor.close();
} finally {
  rmSync(folder, { recursive: true });
}

async function trial(editor: CollectionEditor, seed: number, count: number): Promise<string[]> {
  const { rows } = editor.collection;
  const rng = random(seed);
  const left = [...rows.groups.list];
  const planted = Array.from({ length: count }, () => left.splice(rng.integer(left.length), 1)[0]!);
  for (const { id, coarse } of planted) {
    const others = rows.coarse.names.filter((name) => name !== coarse);
    const ids = [...rows.ids].filter((_, row) => rows.groups.of[row] === id && rows.status[row] === 0);
    await editor.apply({ action: "relabel", ids, coarse: others[rng.integer(others.length)]! });
  }
  const { groups } = await reviewCollection(editor.collection);
  const found = planted.filter(({ id }) => groups.some(({ group }) => group === id));
  const right = found.filter(({ id, coarse }) => groups.find(({ group }) => group === id)?.suggested === coarse);
  const top = groups.slice(0, count).filter(({ group }) => planted.some(({ id }) => id === group));
  for (let i = 0; i < count; i++) await editor.undo();
  const sizes = planted.map(({ size }) => size).join(", ");
  return [
    ...[`${seed}`, count === 0 ? "none" : `${count} (${sizes})`, `${found.length}`, `${right.length}`],
    ...[`${top.length}`, `${groups.length - found.length}`],
  ];
}
