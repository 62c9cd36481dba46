import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRows, unitRows, writeSample } from "../../test/collection-samples.ts";
import { linesUntilKilled } from "../../test/killed-process.ts";
import { source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openCollection } from "./open.ts";

/** `MASKCON_KILLS=100 npx vitest run src/collection/killed.test.ts` */
const ROUNDS = Number(process.env.MASKCON_KILLS ?? 5);
const FIRST = 40;

/** Adds, labels, proposes, merges, undoes and compacts until it is killed; says what is done, once it is. */
const script = `
  import { addPart } from ${source("src/collection/add-part.ts")};
  import { compactParts } from ${source("src/collection/compact.ts")};
  import { editCollection, lockCollection } from ${source("src/collection/edit.ts")};
  import { groupsMade } from ${source("src/collection/history.ts")};
  import { removeUnlisted } from ${source("src/collection/part-files.ts")};
  import { readCollectionRecord } from ${source("src/collection/record.ts")};
  import { sampleProposal, sampleRows, unitRows } from ${source("test/collection-samples.ts")};
  const [folder] = process.argv.slice(1);
  const done = (values) => process.stdout.write(JSON.stringify(values) + "\\n");
  done({ ready: true });
  for (let round = 0; ; round++) {
    const release = lockCollection(folder);
    let record = await readCollectionRecord(folder);
    await removeUnlisted(folder, record);
    const [first, last] = [record.nextId, record.nextId + 2];
    const rows = sampleRows(first, last);
    record = await addPart(folder, record, { rows, trained: unitRows(3, 8, first), frozen: unitRows(3, 4, first + 1) });
    done({ last });
    if (round % 3 === 2) await compactParts(folder, record);
    release();
    const editor = await editCollection(folder);
    for (let i = 0; i < 4; i++) {
      const fine = "named " + first + " " + i;
      const { n } = await editor.apply({ action: "relabel", ids: [first + (i % 3)], fine });
      done({ n, id: first + (i % 3), fine });
    }
    const undo = await editor.undo();
    done({ n: undo.n, undone: true });
    // Each proposal is read whenever the collection is opened: one for each process is enough.
    if (round === 0) {
      const propose = await editor.apply({ action: "propose", proposal: sampleProposal(sampleRows(1, 12), 2), replaceNamed: true });
      done({ n: propose.n });
      const { list } = editor.collection.rows.groups;
      const name = await editor.apply({ action: "name", group: list[0].id, name: "round " + first });
      done({ n: name.n });
      const groups = list.slice(0, 2).map(({ id }) => id);
      const merge = await editor.apply({ action: "merge", groups });
      done({ n: merge.n, merged: groups, into: groupsMade(merge)[0], named: "round " + first });
    }
    await editor.close();
  }`;

interface Said {
  readonly ready?: true;
  readonly last?: number;
  readonly n?: number;
  readonly id?: number;
  readonly fine?: string;
  readonly undone?: true;
  readonly merged?: readonly number[];
  readonly into?: number;
  readonly named?: string;
}

test("whatever was acknowledged is there, once, after a kill at any moment", {
  timeout: 60_000 + 10_000 * ROUNDS,
}, async () => {
  const folder = join(temporaryFolder(), "collection");
  await writeSample(folder, [sampleRows(1, FIRST)], { vectors: unitRows(FIRST, 8, 1) });
  const said: Said[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const lines = await linesUntilKilled(script, [folder], 20 + 700 * Math.random());
    said.push(...lines.map((line) => JSON.parse(line)));
    const collection = await openCollection(folder);
    const { rows } = collection;
    const last = said.findLast((line) => line.last !== undefined)?.last ?? FIRST;
    expect(rows.length).toBeGreaterThanOrEqual(last);
    expect([...rows.ids]).toEqual(Array.from({ length: rows.length }, (_, i) => i + 1));
    expect(rows.names).toEqual(sampleRows(1, rows.length).map(({ name }) => name));
    const vectors = await collection.vectors("trained");
    for (let first = FIRST + 1; first <= rows.length; first += 3) {
      expect(vectors.subarray((first - 1) * 8, (first + 2) * 8)).toEqual(unitRows(3, 8, first));
    }
    const numbers = said.flatMap(({ n }) => (n === undefined ? [] : [n]));
    expect(new Set(numbers).size).toBe(numbers.length);
    // The fourth name of a round was taken back; the first three stay. A later one may be there unsaid.
    const named = said.filter(({ id }) => id !== undefined);
    for (const { id, fine } of named.filter(({ fine }) => !fine!.endsWith("3"))) {
      const found = rows.fine.names[rows.fine.numbers[id! - 1]!];
      expect([fine, `named ${id} 3`]).toContain(found);
    }
    const merges = said.filter(({ into }) => into !== undefined);
    const made = merges.map(({ into }) => into!);
    expect(made).toEqual([...new Set(made)].sort((a, b) => a - b));
    const { list } = rows.groups;
    const latest = merges.at(-1);
    // A later proposal may be there unsaid.
    if (latest && Math.max(...list.map(({ id }) => id)) === latest.into) {
      expect(list.find(({ id }) => id === latest.into)).toMatchObject({ name: latest.named, size: 3 });
      expect(list.filter(({ id }) => latest.merged!.includes(id))).toEqual([]);
    }
    // A process may be killed between the name and its undoing.
    const withdrawn = said.filter(({ fine }, at) => fine?.endsWith("3") && said[at + 1]?.undone);
    for (const { id, fine } of withdrawn) expect(rows.fine.names[rows.fine.numbers[id! - 1]!]).not.toBe(fine);
  }
});
