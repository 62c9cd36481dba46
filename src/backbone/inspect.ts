import { sizeOf } from "../core/index.ts";
import { type OnnxFile, tensorsOf } from "../formats/onnx/index.ts";
import { freeBatch } from "./batch/free-batch.ts";
import { type Cut, cutPlaces, valueNodes } from "./cuts.ts";
import type { FeatureOutput } from "./feature-output.ts";
import { type ForeignModel, type ForeignModelOptions, readForeignModel } from "./foreign-model.ts";
import type { ImageInput } from "./image-input.ts";
import { checkFeatures } from "./plausible-features.ts";
import { type Pooling, poolingFor, poolingText } from "./pooling.ts";
import type { Preprocessing } from "./preprocessing.ts";
import { openSession } from "./session.ts";
import { trainableCuts } from "./trainable.ts";
import { weightUses } from "./weights.ts";

/** What a foreign model is, and what can be done with it. */
export interface BackboneFacts {
  readonly file: string;
  /** Of the file and of those beside it that hold its numbers. */
  readonly bytes: number;
  readonly producer: string;
  readonly opset: number;
  readonly input: ImageInput;
  /** Whether a model of a fixed batch is made free of it where its weights are trained, and in exports. */
  readonly isBatchFreed?: boolean;
  readonly output: FeatureOutput & {
    /** For one image. */
    readonly shape: readonly number[];
    /** How a vector is made of it, in words. */
    readonly pooling: string;
  };
  readonly otherOutputs: readonly string[];
  /** Numbers of the operators, the most frequent first. */
  readonly operators: Readonly<Record<string, number>>;
  readonly parameters: number;
  /** Side in pixels at which it was tried. */
  readonly imageSize: number;
  readonly millisecondsPerImage: number;
  /** Absent where nothing beside the model says it. */
  readonly preprocessing?: Preprocessing;
  /** Blocks from the last: those behind the n-th cut. Left out are those with operators that cannot be trained. */
  readonly cuts: readonly Cut[];
}

/** How an ONNX file is read as a backbone. */
export interface BackboneOptions extends ForeignModelOptions {
  /** Of tokens only; by default "cls+mean" where there is a class token, else "mean". */
  readonly pooling?: Pooling | undefined;
}

const TRIALS = 3;

/**
 * What an ONNX file says of itself as a backbone, and how it runs on one black image.
 * @throws MaskconError "weights" where it is no model of images that ONNX Runtime computes, "usage" where an option does not fit it
 */
export async function backboneFacts(file: string, options: BackboneOptions = {}): Promise<BackboneFacts> {
  const foreign = await readForeignModel(file, options);
  const { model, input, output, preprocessing } = foreign;
  const trial = await tryOne(foreign);
  if (options.output === undefined) checkFeatures({ ...foreign, shape: trial.shape });
  const pooling = poolingFor(output.kind, trial.shape, options.pooling);
  const nodes = valueNodes(model.graph, input.name, output.name);
  const places = cutPlaces(nodes, input.name, output.name, weightUses(model.graph, nodes));
  return {
    ...{ file, producer: model.producer, opset: model.opsets.get("") ?? 0, input },
    bytes: [...foreign.filesBeside.values()].reduce((sum, size) => sum + size, foreign.bytes),
    ...(input.batch !== undefined && { isBatchFreed: (await freeBatch(foreign)) !== undefined }),
    output: { ...output, shape: trial.shape, pooling: poolingText(output.kind, trial.shape, pooling) },
    otherOutputs: model.graph.outputs.map(({ name }) => name).filter((name) => name !== output.name),
    operators: countOperators(model),
    parameters: [...tensorsOf(model.graph)].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    ...{ imageSize: foreign.imageSize, millisecondsPerImage: trial.milliseconds },
    ...(preprocessing && { preprocessing }),
    cuts: trainableCuts(model, nodes, places).map(({ tensor, parameters }) => ({ tensor, parameters })),
  };
}

/** The features' shape for one image, and the fastest of a few runs. */
async function tryOne(foreign: ForeignModel) {
  const session = await openSession(foreign);
  try {
    const batch = foreign.input.batch ?? 1;
    const black = new Float32Array(batch * 3 * foreign.imageSize ** 2);
    let milliseconds = Number.POSITIVE_INFINITY;
    let shape: readonly number[] = [];
    for (let i = 0; i < TRIALS; i++) {
      const start = performance.now();
      ({ shape } = await session.run(black));
      milliseconds = Math.min(milliseconds, (performance.now() - start) / batch);
    }
    return { shape: [1, ...shape.slice(1)], milliseconds };
  } finally {
    await session.close();
  }
}

function countOperators({ graph }: OnnxFile): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { op, domain } of graph.nodes) {
    const name = domain === "" ? op : `${domain}.${op}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}
