import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fail, MaskconError, type Shape, showShape } from "../../core/index.ts";
import { Graph, ops, type Value } from "../../engine/index.ts";
import { type ByteRanges, withRanges } from "../../formats/index.ts";
import { type ModelParts, type Numbers, ProtobufFile, readNumbers, readParts } from "../../formats/onnx/index.ts";
import { freeBatch } from "../batch/free-batch.ts";
import { withChangedCopy } from "../changed-copy.ts";
import { type CutPlace, cutPlaces, valueNodes } from "../cuts.ts";
import { type ForeignModel, type ForeignModelOptions, readForeignModel } from "../foreign-model.ts";
import { type Pooling, poolFeatures, poolingFor } from "../pooling.ts";
import { adviceOn, trainableCuts, untrainable } from "../trainable.ts";
import { weightUses } from "../weights.ts";
import { checkPart } from "./check-part.ts";
import { type FoldedGraph, foldInProcess, readFolded } from "./fold.ts";
import { foldBatches, pairFolds } from "./pair-folds.ts";
import { type ImportedParameter, isMask, parametersBehind, type WayWeight, weightsOnWay } from "./parameters.ts";
import { pooled } from "./pooled.ts";
import { USE_HEAD } from "./reading.ts";
import { writeStripped } from "./strip.ts";
import { type PartGraph, type PartWeights, writePart } from "./write-part.ts";

export interface ImportOptions extends ForeignModelOptions {
  /** All, or the blocks behind the n-th cut from the end. */
  readonly cut: "all" | number;
  /** Of tokens only; by default "cls+mean" where there is a class token, else "mean". */
  readonly pooling?: Pooling | undefined;
}

/** The part of a foreign model behind a cut, as ops of the engine that have gradients. */
export interface ImportedPart {
  /** Name of the tensor at the cut; of the images' input where all is imported. */
  readonly input: string;
  /** Of one image at the cut: [C, H, W] or [T, D]; of the images themselves [3, S, S]. */
  readonly inputShape: Shape;
  /** F, after pooling, which is part of the imported graph. */
  readonly featureDim: number;
  /** In the order of their use. */
  readonly parameters: readonly ImportedParameter[];
  readonly blocks: number;
  /** Names of weights in it that stay as they are: an operator without a gradient reads them, or the trunk does, too. */
  readonly frozen: readonly string[];
  /** Writes it: input [N, ...inputShape] -> features [N, F], for any N. `parameter` gives the value of a trained initialiser. */
  readonly write: (weights: PartWeights, input: Value) => Value;
}

/**
 * Imports the part of an ONNX file behind a cut. Its weights are not read but where they stay constant.
 * @throws MaskconError "weights" where the part cannot be trained, "usage" where an option does not fit the model
 */
export async function importPart(file: string, options: ImportOptions): Promise<ImportedPart> {
  const foreign = await readForeignModel(file, options);
  const free = await freeBatch(foreign);
  if (free === undefined) return importFrom(foreign, foreign, options);
  return withChangedCopy(
    foreign,
    () => free,
    async (copy) => {
      const { output, imageSize } = foreign;
      return importFrom(foreign, await readForeignModel(copy, { output: output.name, imageSize }), options);
    },
  );
}

/** @param source the model, or its copy with a free batch */
function importFrom(
  { file, input }: ForeignModel,
  source: ForeignModel,
  options: ImportOptions,
): Promise<ImportedPart> {
  return withRanges(source.file, async (ranges) => {
    const parts = await readParts(new ProtobufFile(ranges));
    const foreign = { ...source, file };
    const plan = await planOf(foreign, ranges, options.cut);
    const folder = await mkdtemp(join(tmpdir(), "maskcon-import-"));
    try {
      return await importInto(folder, { foreign, ranges, parts, plan, pooling: options.pooling });
    } catch (error) {
      const { batch } = input;
      const isFree = batch === undefined || source.file !== file;
      if (!(error instanceof MaskconError) || error.code !== "weights" || isFree) throw error;
      const found = `${batch} at once: ${error.failure.found}`;
      const fix = "export it with a free batch (dynamic_axes), or use --trainable head, which takes it";
      return fail("weights", { where: file, expected: "a model of any number of images", found, fix }, error);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

interface Plan {
  readonly place: CutPlace | undefined;
  readonly parameters: readonly ImportedParameter[];
  readonly blocks: number;
  /** All weights that are taken out of the file. */
  readonly weights: readonly WayWeight[];
  readonly unreached: readonly string[];
}

async function planOf(
  { file, model, input, output }: ForeignModel,
  ranges: ByteRanges,
  cut: "all" | number,
): Promise<Plan> {
  const nodes = valueNodes(model.graph, input.name, output.name);
  const uses = weightUses(model.graph, nodes);
  const places = cutPlaces(nodes, input.name, output.name, uses);
  const place = cut === "all" ? undefined : places[cut - 1];
  const from = place?.at ?? -1;
  const refuseCut = (expected: string) =>
    fail("usage", { where: `--trainable tail:${cut}`, expected, found: String(cut) });
  if (cut !== "all" && !place && places.length > 0) refuseCut(`tail:1 to tail:${places.length}`);
  const reasons = untrainable(model, nodes.slice(from + 1));
  if (input.type !== "float32") reasons.push(`its images are ${input.type}`);
  if (reasons.length > 0) {
    const tails = trainableCuts(model, nodes, places).length;
    const fix = tails > 0 && input.type === "float32" ? `use --trainable tail:${tails} at most` : adviceOn(reasons);
    const expected = "a model whose weights can be trained";
    fail("weights", { where: file, expected, found: reasons.join("; "), fix });
  }
  if (cut !== "all" && !place) refuseCut("all: the model has no cuts");
  const weights: WayWeight[] = [];
  for (const weight of weightsOnWay(nodes, uses)) if (!(await isMask(ranges, weight.tensor))) weights.push(weight);
  const parameters = parametersBehind(weights, places, from);
  if (parameters.length === 0) {
    fail("weights", { where: file, expected: "weights to train", found: "none", fix: USE_HEAD });
  }
  const blocks = 1 + Math.max(...parameters.map(({ block }) => block));
  const unreached = [...uses.frozen].filter(([, at]) => at > from).map(([name]) => name);
  return { place, parameters, blocks, weights, unreached };
}

interface Work {
  readonly foreign: ForeignModel;
  readonly ranges: ByteRanges;
  readonly parts: ModelParts;
  readonly plan: Plan;
  readonly pooling: Pooling | undefined;
}

async function importInto(folder: string, work: Work): Promise<ImportedPart> {
  const { foreign, ranges, plan, pooling: asked } = work;
  const { file, input, output } = foreign;
  const start = plan.place?.tensor ?? input.name;
  const shapes = await startShapes(folder, work);
  const batches = [...new Set([...foldBatches, input.batch ?? foldBatches[0]])];
  // Shape arithmetic behind a cut may read the sizes of the images.
  const inputs = new Map(
    batches.map((n) => [
      n,
      new Map([
        [input.name, imagesOf(foreign, n)],
        [start, [n, ...shapes[0]!.slice(1)]],
      ]),
    ]),
  );
  const paths = await stripEach(folder, work, inputs);
  await foldInProcess(
    file,
    paths.map((from) => ({ from, to: `${from}.folded` })),
  );
  const folds: FoldedGraph[] = [];
  for (const path of paths) folds.push(await readFolded(`${path}.folded`, file));
  const [two, three] = folds;
  const parameters = new Map(plan.parameters.map(({ name, shape }) => [name, shape]));
  const part: PartGraph = {
    ...{ ...pairFolds(file, two!, three!), file, input: start, output: output.name, parameters },
    frozen: await frozenNumbers(ranges, plan.weights, parameters, two!.nodes),
  };
  const isNhwc = plan.place === undefined && input.layout === "NHWC";
  const inputShape = isNhwc ? [3, foreign.imageSize, foreign.imageSize] : shapes[0]!.slice(1);
  const write = (weights: PartWeights, images: Value): Value => {
    const x = isNhwc ? weights.graph.op("transpose", [images], { perm: [0, 2, 3, 1] }) : images;
    const features = writePart(part, weights, x);
    checkOutput(file, features, images.shape[0]!);
    return pooled(features, output.kind, poolingFor(output.kind, features.shape, asked));
  };
  const { featureDim, used } = writeTrials(write, inputShape);
  const read = new Set(folds.flatMap((fold) => fold.inputs));
  await checkPart({
    ...{ file, folder, inputShape, write },
    weights: numbersOf(
      ranges,
      plan.weights.filter(({ tensor }) => read.has(tensor.name)),
    ),
    models: batches.map((batch, i) => ({
      ...{ path: `${paths[i]}.folded`, batch, input: start, output: output.name },
      unread:
        plan.place && folds[i]!.inputs.includes(input.name)
          ? { name: input.name, shape: imagesOf(foreign, batch) }
          : undefined,
      order: (noise) => (isNhwc ? channelsLast(noise, batch) : { data: noise, shape: [batch, ...inputShape] }),
    })),
    features: (data, shape) => poolFeatures(data, output.kind, shape, poolingFor(output.kind, shape, asked)),
  });
  return {
    ...{ input: start, inputShape, featureDim, blocks: plan.blocks, write },
    parameters: plan.parameters.filter(({ name }) => used.has(name)),
    frozen: [...part.frozen.keys(), ...plan.unreached],
  };
}

async function* numbersOf(ranges: ByteRanges, weights: readonly WayWeight[]) {
  for (const { tensor } of weights) {
    yield [tensor.name, tensor.shape, Float32Array.from(await readNumbers(ranges, tensor))] as const;
  }
}

/** [n, 3, S, S] as [n, S, S, 3] */
function channelsLast(images: Float32Array, n: number): { data: Float32Array; shape: Shape } {
  const places = images.length / (3 * n);
  const side = Math.sqrt(places);
  const data = images.map(
    (_, i) => images[(Math.floor(i / (3 * places)) * 3 + (i % 3)) * places + (Math.floor(i / 3) % places)]!,
  );
  return { data, shape: [n, side, side, 3] };
}

const imagesOf = ({ input, imageSize: s }: ForeignModel, n: number): Shape =>
  input.layout === "NCHW" ? [n, 3, s, s] : [n, s, s, 3];

/** The shape at the start of the part at each batch: of the images, or of the cut as ONNX Runtime infers it. */
async function startShapes(folder: string, work: Work): Promise<Shape[]> {
  const { foreign, plan } = work;
  const { input } = foreign;
  const images = foldBatches.map((n) => imagesOf(foreign, n));
  if (!plan.place) return images;
  const inputs = new Map(foldBatches.map((n, i) => [n, new Map([[input.name, images[i]!]])]));
  const paths = await stripEach(folder, work, inputs, plan.place.tensor);
  const shapes = await foldInProcess(
    foreign.file,
    paths.map((from) => ({ from })),
  );
  return shapes.map((shape, i) => {
    const sizes = shape.filter((size): size is number => typeof size === "number" && size > 0);
    if (sizes.length === shape.length && sizes[0] === foldBatches[i]) return sizes;
    const found = showShape(shape as Shape);
    return fail("weights", { where: foreign.file, expected: "a shape [N, ...] at the cut", found, fix: USE_HEAD });
  });
}

async function stripEach(
  folder: string,
  { foreign, ranges, parts, plan }: Work,
  inputs: ReadonlyMap<number, ReadonlyMap<string, Shape>>,
  output = foreign.output.name,
): Promise<string[]> {
  const weights = new Map(plan.weights.map(({ tensor: { name, shape } }) => [name, shape]));
  const paths: string[] = [];
  for (const [n, given] of inputs) {
    const path = join(folder, `${output === foreign.output.name ? "part" : "trunk"}-${n}.onnx`);
    await writeStripped({ ranges, model: foreign.model, parts, weights, inputs: given, output }, path);
    paths.push(path);
  }
  return paths;
}

/** The numbers of weights that are read and not trained: nodes before the cut read them, too. */
async function frozenNumbers(
  ranges: ByteRanges,
  weights: readonly WayWeight[],
  parameters: ReadonlyMap<string, Shape>,
  nodes: PartGraph["nodes"],
) {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const frozen = new Map<string, { shape: Shape; numbers: Numbers }>();
  for (const { tensor } of weights) {
    if (parameters.has(tensor.name) || !read.has(tensor.name)) continue;
    frozen.set(tensor.name, { shape: tensor.shape, numbers: await readNumbers(ranges, tensor) });
  }
  return frozen;
}

function checkOutput(file: string, { shape }: Value, n: number): void {
  if (shape[0] === n && shape.length >= 2 && shape.length <= 4) return;
  const found = `${showShape(shape)} for ${n} images`;
  const fix = "export it with a free batch (dynamic_axes)";
  fail("weights", { where: file, expected: "features for each image", found, fix });
}

/** F and the parameters that are read; the part is written at several batches, so that it fails now where it cannot be. */
function writeTrials(write: ImportedPart["write"], inputShape: Shape) {
  const used = new Set<string>();
  const dims = [1, ...foldBatches].map((n) => {
    const graph = new Graph(ops);
    const parameter = (name: string, shape: Shape) => {
      used.add(name);
      return graph.input(`weight ${name}`, "float32", shape);
    };
    return write({ graph, parameter }, graph.input("input", "float32", [n, ...inputShape])).shape[1]!;
  });
  return { featureDim: dims[0]!, used };
}
