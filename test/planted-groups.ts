import type { RowValue } from "../src/collection/rows-file.ts";
import { random } from "../src/core/index.ts";
import { normalizeRows } from "../src/eval/index.ts";
import { sampleRow, writeSample } from "./collection-samples.ts";

const DIM = 8;
const kinds = [
  { coarse: "bird", fine: "robin" },
  { coarse: "bird", fine: "wren" },
  { coarse: "fish", fine: "trout" },
] as const;

/** A collection of robins, wrens and trouts in turn, far apart by their trained vectors. */
export async function writePlanted(folder: string, count = 150): Promise<RowValue[]> {
  const rng = random(3, count);
  const rows = Array.from({ length: count }, (_, i) => sampleRow(i + 1, kinds[i % 3]));
  const values = Float32Array.from({ length: count * DIM }, (_, at) => {
    return rng.normal() + (Math.floor(at / DIM) % 3 === at % DIM ? 9 : 0);
  });
  await writeSample(folder, [rows], { trained: DIM, vectors: normalizeRows(values, DIM) });
  return rows;
}
