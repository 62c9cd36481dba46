import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleProposal, sampleRows, writeSample } from "../../../test/collection-samples.ts";
import { editCollection, openCollection } from "../../collection/index.ts";
import { similarPairs } from "./similar-pairs.ts";

const ROWS = 120;

test.each(["frozen", "trained"] as const)("pairs go by the %s vectors that the groups were proposed by", async (by) => {
  const folder = mkdtempSync(join(tmpdir(), "maskcon-similar-pairs-"));
  try {
    const rows = sampleRows(1, ROWS);
    await writeSample(folder, [rows]);
    const editor = await editCollection(folder);
    await editor.apply({ action: "propose", proposal: { ...sampleProposal(rows, 4), by } });
    await editor.apply({ action: "drop", ids: [1, 2, 3] });
    await editor.close();
    const collection = await openCollection(folder);
    const found = await similarPairs(collection, 0);
    const vectors = await collection.vectors(by);
    const dim = collection.record.encoder[by];
    const { of } = collection.rows.groups;
    const meanOf = (isMeant: (group: number) => boolean) => {
      const own = [...of.keys()].filter((row) => isMeant(of[row]!) && collection.rows.status[row] === 0);
      return Array.from(
        { length: dim },
        (_, d) => own.reduce((sum, row) => sum + vectors[row * dim + d]!, 0) / own.length,
      );
    };
    const all = new Set(found.flatMap(({ groups }) => groups));
    const middle = meanOf((group) => all.has(group));
    const centred = (id: number) => meanOf((group) => group === id).map((value, d) => value - middle[d]!);
    const dot = (a: number[], b: number[]) => a.reduce((sum, value, d) => sum + value * b[d]!, 0);
    expect(found).toHaveLength(6);
    for (const { groups, similarity } of found) {
      const [a, b] = [centred(groups[0]), centred(groups[1])];
      expect(similarity).toBeCloseTo(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)), 5);
    }
    const similarities = found.map(({ similarity }) => similarity);
    expect(similarities).toEqual([...similarities].sort((a, b) => b - a));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
