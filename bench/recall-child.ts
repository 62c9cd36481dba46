import { recallAtK } from "../src/eval/index.ts";
import { clusteredFeatures } from "./clustered-features.ts";
import { serve } from "./serve.ts";

const o = JSON.parse(process.argv[2]!) as { rows: number; dim: number; classes: number; threads: number };
const { features, labels } = clusteredFeatures(o.rows, o.dim, o.classes);

await serve({ idleRssMb: process.resourceUsage().maxRSS / 1024 }, async () => {
  const start = performance.now();
  const recall = await recallAtK({ features, dim: o.dim, labels, ks: [1, 2, 5, 10, 50, 100], threads: o.threads });
  return { seconds: (performance.now() - start) / 1000, recall };
});
