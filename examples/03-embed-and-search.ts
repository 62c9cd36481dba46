/**
 * Embeds a labelled collection with a trained encoder, finds the images most like the first one, and measures Recall@K.
 *
 *   npx tsx examples/03-embed-and-search.ts runs/first pictures
 */
import { embedWith, idOf, loadRun, openData, recallAtK } from "maskcon";

const [, , folder = "runs/first", pictures = "pictures"] = process.argv;

const run = await loadRun(folder);
const { config, dataset } = run.record;
const { weights } = await run.trained();
const { test, train } = await openData(pictures);
const images = { ...(test ?? train), normalization: dataset.normalization };
const { features, dim } = await embedWith(config, weights, images);

/** Cosine similarity of two rows of features. */
function cosine(i: number, j: number): number {
  let [dot, left, right] = [0, 0, 0];
  for (let d = 0; d < dim; d++) {
    const [a, b] = [features[i * dim + d] ?? 0, features[j * dim + d] ?? 0];
    dot += a * b;
    left += a * a;
    right += b * b;
  }
  return dot / Math.sqrt(left * right);
}

const nearest = Array.from({ length: images.length - 1 }, (_, i) => i + 1)
  .map((image) => ({ image, similarity: cosine(0, image) }))
  .sort((a, b) => b.similarity - a.similarity)
  .slice(0, 5);
console.log(`most like ${idOf(images, 0)}:`);
for (const { image, similarity } of nearest) console.log(`  ${similarity.toFixed(3)}  ${idOf(images, image)}`);

const labels = images.fine ?? images.coarse;
const recall = await recallAtK({ features, dim, labels, ks: [1, 2, 5] });
console.log(
  `Recall@K over ${images.length} images, ${images.fine ? "fine" : "coarse"} labels: ${JSON.stringify(recall)}`,
);
