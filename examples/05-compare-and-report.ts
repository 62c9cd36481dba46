/**
 * Compares two methods on a folder of images, says how near MaskCon's targets come to the fine labels, and writes a report.
 *
 *   npx tsx examples/05-compare-and-report.ts pictures runs/comparison
 */
import { writeFileSync } from "node:fs";
import {
  compare,
  comparedMethods,
  diagnose,
  knownRelations,
  lastState,
  loadKeys,
  loadRun,
  openData,
  openKeyEncoder,
  parseGrid,
  relationsOptions,
  report,
} from "maskcon";

const [, , pictures = "pictures", out = "runs/comparison", epochs = "12"] = process.argv;

// A small collection: small batches and a short queue.
const settings = { imageSize: 32, batchSize: 16, queueSize: 64, epochs: Number(epochs) };
const grid = parseGrid("grid", { preset: "cpu-small", settings, methods: ["frozen", "maskcon"], seeds: [0] });
const result = await compare(grid, {
  out,
  source: pictures,
  open: (config, signal) => openData(pictures, { ...config, signal }),
});
for (const { name, recall } of result.rows) console.log(`${name}: fine Recall@1 ${recall.fine["1"]?.mean.toFixed(3)}`);

const run = await loadRun(`${out}/runs/maskcon-seed0`);
const { config, dataset } = run.record;
const data = await openData(pictures, config);

const encoder = await openKeyEncoder(config);
const { states } = await lastState(run);
await loadKeys(encoder, await states[0]!.load());
const images = { ...data.train, normalization: dataset.normalization };
const relations = await knownRelations(encoder, images, relationsOptions(config));
await encoder.close();
for (const { method, totalVariation } of diagnose(relations, comparedMethods(config), config.temperature).methods)
  console.log(`targets of ${method}: total variation ${totalVariation.toFixed(3)} to those of the fine labels`);

const { html } = await report({ run, config, data: async () => data, own: true, queries: 4, map: 500 });
writeFileSync(`${out}/report.html`, html);
console.log(`report: ${out}/report.html`);
