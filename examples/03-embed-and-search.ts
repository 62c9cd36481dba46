/**
 * Embeds a labelled collection with a trained encoder, finds the images most like the first one, and measures Recall@K.
 *
 *   npx tsx examples/03-embed-and-search.ts runs/first pictures
 */
import { embedWithRun, idOf, loadRun, nearestNeighbours, openData, recallAtK } from "maskcon";

const [, , folder = "runs/first", pictures = "pictures"] = process.argv;

const run = await loadRun(folder);
const { test, train } = await openData(pictures);
const images = test ?? train;
const { features, dim } = await embedWithRun(run, images);

const { rows, similarities } = await nearestNeighbours({ features, dim, queries: [0], count: 5 });
console.log(`most like ${idOf(images, 0)}:`);
for (const [place, image] of rows.entries()) {
  console.log(`  ${similarities[place]?.toFixed(3)}  ${idOf(images, image)}`);
}

const labels = images.fine ?? images.coarse;
const recall = await recallAtK({ features, dim, labels, ks: [1, 2, 5] });
console.log(
  `Recall@K over ${images.length} images, ${images.fine ? "fine" : "coarse"} labels: ${JSON.stringify(recall)}`,
);
