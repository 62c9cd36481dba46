import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, random, type Shape, sizeOf } from "../../core/index.ts";
import { Graph, lowerToBytes, ops, type Value } from "../../engine/index.ts";
import { USE_HEAD } from "./reading.ts";
import { type ModelRun, type RunResult, runModels, writeNumbers } from "./run-models.ts";
import type { PartWeights } from "./write-part.ts";

export interface CheckOptions {
  readonly file: string;
  /** For files on the way. */
  readonly folder: string;
  /** Of one image at the cut. */
  readonly inputShape: Shape;
  readonly write: (weights: PartWeights, input: Value) => Value;
  /** Weights that the part or the file's own nodes read. */
  readonly weights: AsyncIterable<readonly [name: string, shape: Shape, numbers: Float32Array]>;
  /** The file's own nodes behind the cut, with weights as inputs, for each of some batches. */
  readonly models: readonly OwnModel[];
  /** Features [n, F] of what these give. */
  readonly features: (data: Float32Array, shape: Shape) => Float32Array;
}

export interface OwnModel {
  readonly path: string;
  readonly batch: number;
  readonly input: string;
  readonly output: string;
  /** An input that it has beside it; nothing depends on its values. */
  readonly unread: { readonly name: string; readonly shape: Shape } | undefined;
  /** Noise [n, ...inputShape] in the order that it takes. */
  readonly order: (noise: Float32Array) => { readonly data: Float32Array; readonly shape: Shape };
}

/** Largest difference of a feature, as a share of the largest. */
const TOLERANCE = 1e-3;
/** Images that are run one by one. */
const MOST_ALONE = 3;
/** Bytes of all values for one image. */
const MOST_BYTES = 2 ** 31;

/**
 * Compares an imported part, an image at a time, with ONNX Runtime's run of the file's own nodes on several images of noise at
 * once: a wrong import is found, and so is a model in which images influence one another.
 * @throws MaskconError "weights" where they differ
 */
export async function checkPart(o: CheckOptions): Promise<void> {
  const { file, folder, models } = o;
  const most = Math.max(...models.map(({ batch }) => batch));
  const alone = Math.min(most, MOST_ALONE);
  const rng = random(0, most);
  const noise = Float32Array.from({ length: most * sizeOf(o.inputShape) }, () => rng.normal());
  const own = join(folder, "imported.onnx");
  await writeFile(own, importedModel(o));
  const path = join(folder, "numbers");
  const { places, bytes } = await writeNumbers(path, tensorsOf(o, noise));
  const weights = [...places].filter(([name]) => name.startsWith(WEIGHT));
  const named = (prefix: string) =>
    Object.fromEntries(weights.map(([name, at]) => [prefix + name.slice(WEIGHT.length), at]));
  const runs: ModelRun[] = [
    ...Array.from({ length: alone }, (_, i) => {
      return { path: own, feeds: { ...named(WEIGHT), input: places.get(`image ${i}`)! }, output: "features" };
    }),
    ...models.map(({ path: theirs, batch, input, output, unread }) => {
      const besides = unread ? { [unread.name]: places.get(`unread ${batch}`)! } : {};
      return { path: theirs, feeds: { ...named(""), [input]: places.get(`batch ${batch}`)!, ...besides }, output };
    }),
  ];
  const results = await runModels(file, folder, { path, bytes }, runs);
  compare(o, results.slice(0, alone), results.slice(alone));
}

const WEIGHT = "weight ";

async function* tensorsOf({ inputShape, models, weights }: CheckOptions, noise: Float32Array) {
  for await (const [name, shape, numbers] of weights) yield [`${WEIGHT}${name}`, shape, numbers] as const;
  const one = sizeOf(inputShape);
  for (let i = 0; i * one < noise.length; i++) {
    yield [`image ${i}`, [1, ...inputShape], noise.subarray(i * one, (i + 1) * one)] as const;
  }
  for (const { batch, order, unread } of models) {
    const { data, shape } = order(noise.subarray(0, batch * one));
    yield [`batch ${batch}`, shape, data] as const;
    if (unread) yield [`unread ${batch}`, unread.shape, new Float32Array(sizeOf(unread.shape))] as const;
  }
}

/** The part for one image, its weights as inputs. */
function importedModel({ file, inputShape, write }: CheckOptions): Uint8Array {
  const graph = new Graph(ops);
  const parameter = (name: string, shape: Shape) => graph.input(`${WEIGHT}${name}`, "float32", shape);
  graph.output("features", write({ graph, parameter }, graph.input("input", "float32", [1, ...inputShape])));
  const values = graph.nodes.flatMap(({ outputs }) => outputs);
  const bytes = values.reduce((sum, value) => sum + Graph.bytesOf(value), 0);
  if (bytes > MOST_BYTES) {
    fail("weights", {
      where: file,
      expected: `at most ${MOST_BYTES} bytes of values an image`,
      found: `${bytes}`,
      fix: USE_HEAD,
    });
  }
  return lowerToBytes(graph, { block: 0 });
}

function compare(
  { file, models, features }: CheckOptions,
  own: readonly RunResult[],
  theirs: readonly RunResult[],
): void {
  const expected = theirs.map(({ data, shape }, i) => {
    if (shape[0] === models[i]!.batch) return features(data, shape);
    return fail("weights", {
      where: file,
      expected: "features for each image",
      found: `[${shape.join(", ")}]`,
      fix: USE_HEAD,
    });
  });
  const dim = own[0]!.data.length;
  const most = expected.reduce((largest, rows) => rows.reduce((a, b) => Math.max(a, Math.abs(b) || 0), largest), 0);
  const differ = (a: Float32Array, b: Float32Array, length: number) =>
    a.subarray(0, length).some((value, i) => !(Math.abs(value - b[i]!) <= TOLERANCE * most || Object.is(value, b[i])));
  const fix = USE_HEAD;
  const [first] = expected;
  if (expected.some((rows) => differ(rows, first!, Math.min(rows.length, first!.length)))) {
    fail("weights", {
      where: file,
      expected: "features of each image alone",
      found: "images that influence one another",
      fix,
    });
  }
  expected.forEach((rows) => {
    for (let i = 0; i < own.length && i * dim < rows.length; i++) {
      if (differ(rows.subarray(i * dim, (i + 1) * dim), own[i]!.data, dim)) {
        fail("weights", {
          where: file,
          expected: "the features that ONNX Runtime computes",
          found: "others, once imported",
          fix,
        });
      }
    }
  });
}
