import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRows, unitRows, writeSample } from "../../test/collection-samples.ts";
import { programLine, source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { openCollection } from "../collection/index.ts";
import { openSearch } from "./index.ts";

/** `MASKCON_ROUNDS=500 npx vitest run src/search/changed-meanwhile.test.ts` */
const ROUNDS = Number(process.env.MASKCON_ROUNDS ?? 25);
const FIRST = 40;
const ADDED = 5;
const [TRAINED, FROZEN] = [8, 4];

/** Adds, compacts and relabels; every image that it adds gets the fine class of its round. */
const script = `
  import { addPart } from ${source("src/collection/add-part.ts")};
  import { compactParts } from ${source("src/collection/compact.ts")};
  import { editCollection, lockCollection } from ${source("src/collection/edit.ts")};
  import { readCollectionRecord } from ${source("src/collection/record.ts")};
  import { sampleRows, unitRows } from ${source("test/collection-samples.ts")};
  const folder = process.argv[1];
  process.stdout.write("ready");
  for (let round = 0; round < ${ROUNDS}; round++) {
    const release = lockCollection(folder);
    let record = await readCollectionRecord(folder);
    const first = record.nextId;
    const rows = sampleRows(first, first + ${ADDED - 1});
    const [trained, frozen] = [unitRows(${ADDED}, ${TRAINED}, first), unitRows(${ADDED}, ${FROZEN}, first + 1)];
    record = await addPart(folder, record, { rows, trained, frozen });
    record = await compactParts(folder, record);
    release();
    const editor = await editCollection(folder);
    const ids = rows.map(({ id }) => id);
    await editor.apply({ action: "relabel", ids, fine: "round " + round });
    await editor.close();
  }`;

test("readers see whole states alone while another process adds, compacts and relabels", {
  timeout: 120_000,
}, async () => {
  const folder = join(temporaryFolder(), "collection");
  await writeSample(folder, [sampleRows(1, FIRST)], {
    vectors: unitRows(FIRST, TRAINED, 1),
    trained: TRAINED,
    frozen: FROZEN,
  });
  const child = spawn(process.execPath, programLine(script, folder), { stdio: ["ignore", "pipe", "inherit"] });
  let code: number | null | undefined;
  child.on("close", (status) => {
    code = status;
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const states = new Set<number>();
  let [rows, actions] = [0, 0];
  do {
    const collection = await openCollection(folder);
    const { length, ids, names, fine } = collection.rows;
    expect(length).toBeGreaterThanOrEqual(rows);
    expect((length - FIRST) % ADDED).toBe(0);
    expect([...ids]).toEqual(Array.from({ length }, (_, i) => i + 1));
    expect(names).toEqual(sampleRows(1, length).map(({ name }) => name));
    const done = collection.undoable?.n ?? 0;
    expect(done).toBeGreaterThanOrEqual(actions);
    [rows, actions] = [length, done];
    const rounds = (length - FIRST) / ADDED;
    // The journal is read before the rows: never ahead of them.
    expect(done).toBeLessThanOrEqual(rounds);
    for (let round = 0; round < done; round++) {
      const own = ids.subarray(FIRST + ADDED * round, FIRST + ADDED * (round + 1));
      expect(Array.from(own, (id) => fine.names[fine.numbers[id - 1]!])).toEqual(
        new Array(ADDED).fill(`round ${round}`),
      );
    }
    const vectors = await collection.vectors("trained");
    expect(vectors.length).toBe(length * TRAINED);
    for (let first = FIRST; first < length; first += ADDED) {
      const own = vectors.subarray(first * TRAINED, (first + ADDED) * TRAINED);
      expect(own).toEqual(unitRows(ADDED, TRAINED, first + 1));
    }
    const search = openSearch(collection, { threads: 1 });
    const asked = vectors.slice((length - 1) * TRAINED);
    const [best] = await search.find({ vector: asked }, { count: 1 });
    expect([best!.id, best!.score]).toEqual([length, expect.closeTo(1, 5)]);
    await search.close();
    states.add(length);
  } while (code === undefined);
  expect(code).toBe(0);
  expect(states.size).toBeGreaterThan(2);
  expect((await openCollection(folder)).rows.length).toBe(FIRST + ADDED * ROUNDS);
});
