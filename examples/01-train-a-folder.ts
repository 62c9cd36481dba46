/**
 * Trains an encoder on a folder of images and prints what happens.
 *
 *   npx tsx examples/01-train-a-folder.ts pictures runs/first
 *
 * `pictures` holds a sub-folder for each coarse class; folders inside those are fine classes, which only evaluation sees.
 */
import { openData, resolveConfig, train } from "maskcon";

const [, , folder = "pictures", out = "runs/first", epochs = "12"] = process.argv;

const data = await openData(folder, { imageSize: 32 });
console.log(`${data.train.length} images to train on, coarse classes: ${data.train.coarseClasses.join(", ")}`);

const config = resolveConfig({
  flags: {
    preset: "cpu-small",
    imageSize: 32,
    epochs: Number(epochs),
    // A batch, and the keys to compare with, cannot outnumber a small collection by much.
    batchSize: Math.min(128, data.train.length),
    queueSize: Math.min(4096, 4 * data.train.length),
  },
});

const result = await train(config, data, {
  out,
  source: folder,
  onEvent(event) {
    if (event.event === "step" && event.step % 10 === 0) {
      console.log(`step ${event.step}: loss ${event.loss.toFixed(3)}, ${event.imagesPerSecond.toFixed(0)} images/s`);
    }
    if (event.event === "eval")
      console.log(`${event.encoder} encoder: Recall@1 ${JSON.stringify(recallAt1(event.recall))}`);
  },
});
console.log(`${result.reason} after ${result.step} steps; the run is in ${result.folder}`);

function recallAt1(recall: NonNullable<typeof result.trained>) {
  return { fine: recall.fine?.["1"], within: recall.within?.["1"], coarse: recall.coarse["1"] };
}
