/**
 * Trains a pretrained ONNX model with a loop of one's own: looks at the file, caches its features, trains an adapter on them,
 * then the model's last block with it. `train` does all of this, too, and keeps a run.
 *
 *   npx tsx examples/06-train-a-model-file.ts pictures model.onnx
 *
 * `preprocessor_config.json` lies beside `model.onnx`.
 */
import * as maskcon from "maskcon";

const [, , folder = "pictures", file = "model.onnx", count = "200"] = process.argv;

const { output, parameters, cuts } = await maskcon.inspectBackbone(file);
console.log(
  `${file}: ${parameters} numbers, ${output.name} [${output.shape}], blocks that can be trained: ${cuts.length}`,
);

const trunk = await maskcon.openTrunk({ file });
if (!trunk.preprocessing) throw new Error(`say how ${file} wants its images: { mean, std }`);
const { train } = await maskcon.openData(folder, { imageSize: trunk.imageSize });
const images = { ...train, normalization: trunk.preprocessing };
const small = { batchSize: Math.min(32, images.length), queueSize: Math.min(2048, 4 * images.length) };
const settings = { ...small, backbone: file as `${string}.onnx`, imageSize: trunk.imageSize };

/** The settings of `train` at a depth, and the step that they make. */
async function compile(trainable: string, choices: Parameters<typeof maskcon.stepOptions>[2]) {
  const config = maskcon.resolveConfig({ flags: { ...settings, trainable } });
  return { config, step: await maskcon.compileStep(maskcon.stepOptions(config, images.coarseClasses.length, choices)) };
}

/** Fills the queue and trains; `inputs` makes of a batch's views what the step takes. */
async function learn(step: maskcon.Step, loader: maskcon.TrainLoader, rate: number, inputs?: maskcon.Tail["inputs"]) {
  let loss = 0;
  for (let done = -Math.ceil(small.queueSize / small.batchSize), epoch = 0; done < Number(count); epoch++) {
    for await (const { query, key, coarseLabels, indices, release } of loader.epoch(epoch)) {
      const batch = {
        query: (await inputs?.(query)) ?? query,
        key: (await inputs?.(key)) ?? key,
        coarseLabels,
        indices,
      };
      if (done < 0) await step.fillQueue(batch);
      else ({ loss } = await step.run({ ...batch, learningRate: rate }));
      release();
      if (++done >= Number(count)) break;
    }
  }
  console.log(`loss after ${count} steps: ${loss.toFixed(4)}`);
}

// The head: an adapter behind the frozen model, on cached features.
const config = maskcon.resolveConfig({ flags: settings });
const cache = await maskcon.openFeatureCache({ ...config, trunk, train: images });
const clean = { features: await cache.clean("train"), dim: cache.featureDim };
const { whitening, tensors } = await maskcon.chooseWhitening({ ...clean, coarse: images.coarse, most: config.whiten });
const adapter = { features: cache.featureDim, whitened: whitening.width };
const head = await compile("head", { backbone: adapter });
await maskcon.loadEncoders(head.step, tensors);
await cache.prepareViews();
await learn(head.step, maskcon.createFeatureLoader({ ...config, cache, dataset: images }), config.learningRate);

// The last block, from that head.
const tail = await maskcon.openTail({ file, trainable: "tail:1" });
const choices = { backbone: { ...adapter, ...tail.backbone }, parameterGroups: tail.parameterGroups({ headRate: 10 }) };
const last = await compile("tail:1", choices);
await maskcon.loadEncoders(last.step, { ...(await head.step.save()), ...tail.tensors });
const views = await maskcon.createTrainLoader({ ...last.config, dataset: images });
await learn(last.step, views, last.config.learningRate, tail.inputs);

const encoders = { frozen: {}, head: await head.step.save(), trained: await last.step.save() };
for (const [name, state] of Object.entries(encoders)) {
  const { features, dim } = await maskcon.embedWith(last.config, maskcon.encoderWeights(state), images);
  const recall = await maskcon.recallAtK({ features, dim, labels: images.fine ?? images.coarse, ks: [1] });
  console.log(`${name}: Recall@1 ${recall["1"]?.toFixed(3)}`);
}
for (const opened of [head.step, last.step, tail, views, cache, trunk]) await opened.close();
