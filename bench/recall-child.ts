import { evaluateFully, recallAtK } from "../src/eval/index.ts";
import { clusteredFeatures } from "./clustered-features.ts";
import { serve } from "./serve.ts";

const o = JSON.parse(process.argv[2]!) as {
  rows: number;
  dim: number;
  classes: number;
  threads: number;
  /** Every measure, with `classes / 5` coarse classes, instead of recall alone. */
  full: boolean;
};
const { features, labels } = clusteredFeatures(o.rows, o.dim, o.classes);
const ks = [1, 2, 5, 10, 50, 100];

const began = performance.now();
let said = began;
/** Large sizes take hours: says how far it is, at most every half minute. */
const progress = ({ phase, done, total }: { phase: string; done: number; total: number }) => {
  if (performance.now() - said < 30_000) return;
  said = performance.now();
  const minutes = ((said - began) / 60_000).toFixed(1);
  process.stderr.write(`${minutes} min: ${phase} ${((100 * done) / total).toFixed(1)}%\n`);
};

async function measure(): Promise<object> {
  const { dim, threads } = o;
  if (!o.full) return { recall: await recallAtK({ features, dim, labels, ks, threads, progress }) };
  const coarse = labels.map((label) => Math.floor(label / 5));
  const { report } = await evaluateFully(features, dim, { coarse, fine: labels }, { threads, progress });
  const { recall, mapAtR, knn, nmi } = report.fine!;
  return { recall, mapAtR, knn, nmi };
}

await serve({ idleRssMb: process.resourceUsage().maxRSS / 1024 }, async () => {
  const start = performance.now();
  const result = await measure();
  return { seconds: (performance.now() - start) / 1000, ...result };
});
