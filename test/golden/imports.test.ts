import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cutsOf } from "../../src/backbone/cuts.ts";
import { readForeignModel } from "../../src/backbone/foreign-model.ts";
import { type ImportedPart, importPart, readParameters } from "../../src/backbone/import/index.ts";
import { poolFeatures, poolingFor } from "../../src/backbone/pooling.ts";
import { sizeOf } from "../../src/core/index.ts";
import {
  Graph,
  gradients,
  inExecutionOrder,
  lower,
  mul,
  ops,
  sum,
  type Value,
  writeModel,
} from "../../src/engine/index.ts";
import { blockSize } from "../../src/engine/runtime/node.ts";
import { onnxBytes, readGraph } from "../imported-graphs.ts";
import { hashedUniform } from "./hashed.ts";

const names = readdirSync(new URL("./imports/", import.meta.url)).map((file) => file.replace(/\.json$/, ""));
const width = await blockSize();
const blocks = width > 0 ? [0, width] : [0];

const options = { graphOptimizationLevel: "disabled", logSeverityLevel: 4, intraOpNumThreads: 1 } as const;

/** The largest difference, as a share of the largest number. */
function apart(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  const most = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return found.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i]!)), 0) / most;
}

type Feeds = Record<string, readonly [shape: readonly number[], data: Float32Array]>;

async function runModel(bytes: Uint8Array, feeds: Feeds, more = {}): Promise<Record<string, Tensor>> {
  const session = await InferenceSession.create(bytes, { ...options, ...more });
  try {
    const tensors = Object.entries(feeds).map(([name, [shape, data]]) => [name, new Tensor("float32", data, shape)]);
    return (await session.run(Object.fromEntries(tensors))) as Record<string, Tensor>;
  } finally {
    await session.release();
  }
}

/** A model of images [n, 3, S, S], one of a fixed batch in pieces, the last filled up with zeros. */
async function runImages(bytes: Uint8Array, images: Float32Array, size: number, batch?: number) {
  const one = 3 * size * size;
  const n = images.length / one;
  const step = batch ?? n;
  const found = new Map<string, { dims: number[]; data: number[] }>();
  for (let first = 0; first < n; first += step) {
    const piece = new Float32Array(step * one);
    piece.set(images.subarray(first * one, (first + step) * one));
    const outputs = await runModel(bytes, { images: [[step, 3, size, size], piece] });
    for (const [key, { dims, data }] of Object.entries(outputs)) {
      const known = found.get(key) ?? { dims: [n, ...dims.slice(1)], data: [] };
      const rows = (data as Float32Array).subarray(0, (data.length / step) * Math.min(step, n - first));
      for (const value of rows) known.data.push(value);
      found.set(key, known);
    }
  }
  return (key: string) => ({ dims: found.get(key)!.dims, data: Float32Array.from(found.get(key)!.data) });
}

describe.each(names)("%s", (name) => {
  const golden = readGraph(name);
  const folder = mkdtempSync(join(tmpdir(), "maskcon-imports-"));
  const file = join(folder, "model.onnx");
  let whole: ImportedPart;
  beforeAll(async () => {
    writeFileSync(file, onnxBytes(golden));
    whole = await importPart(file, { cut: "all" });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const imagesOf = (n: number) => hashedUniform("images", [n, 3, golden.size, golden.size], 2, golden.seed);

  /** The engine's graph of a part with `n` rows, its parameters as inputs or constants. */
  const written = (part: ImportedPart, n: number, numbers?: Record<string, Float32Array>) => {
    const graph = new Graph(ops);
    const parameters = new Map<string, Value>();
    const parameter = (key: string, shape: readonly number[]): Value => {
      const made = numbers
        ? graph.constant({ dtype: "float32", shape, data: numbers[key]! })
        : graph.input(key, "float32", shape);
      parameters.set(key, made);
      return made;
    };
    const input = graph.input("input", "float32", [n, ...part.inputShape]);
    return { graph, parameters, features: part.write({ graph, parameter }, input) };
  };
  const bytesOf = (graph: Graph, block: number) => writeModel(inExecutionOrder(lower(graph, { block }).model));

  test("features, whole, behind the last cut and behind one in the middle, at any batch", async () => {
    const { model, input, output } = await readForeignModel(file, {});
    const cuts = cutsOf(model.graph, input.name, output.name);
    expect(cuts.length).toBeGreaterThan(1);

    const tried = [cuts[0]!, cuts[Math.floor(cuts.length / 2)]!];
    const all = onnxBytes(golden, { outputs: tried.map(({ tensor }) => tensor) });
    const parts = [whole];
    for (const cut of tried) parts.push(await importPart(file, { cut: cuts.indexOf(cut) + 1 }));
    for (const n of [1, 2, 5]) {
      const images = imagesOf(n);
      const reference = await runImages(all, images, golden.size, golden.batch);
      const { dims, data } = reference("features");
      const pooling = poolingFor(output.kind, dims);
      const expected = poolFeatures(data, output.kind, dims, pooling);
      for (const part of parts) {
        const numbers = await readParameters(file, part);
        const { graph, features } = written(part, n, numbers);
        expect(features.shape).toEqual([n, part.featureDim]);
        graph.output("features", features);
        const start = part.input === "images" ? images : reference(part.input).data;
        for (const block of blocks) {
          const found = await runModel(bytesOf(graph, block), { input: [[n, ...part.inputShape], start] });
          expect(apart(found.features!.data as Float32Array, expected)).toBeLessThan(1e-5);
        }
      }
    }
  });

  test("gradients of all weights", async () => {
    const part = whole;
    expect(part.parameters.map((one) => one.name).sort()).toEqual(Object.keys(golden.gradients).sort());
    const numbers = await readParameters(file, part);
    const count = Math.max(2, golden.batch ?? 0);
    const { graph, parameters, features } = written(part, count);
    const factors = hashedUniform("loss", features.shape, 1, golden.seed);
    const weighted = mul(features, graph.constant({ dtype: "float32", shape: features.shape, data: factors }));
    const loss = sum(sum(weighted, { axis: 1 }), { axis: 0 });
    const wanted = part.parameters.map((one) => parameters.get(one.name)!);
    gradients(graph, loss, wanted).forEach((gradient, i) => {
      graph.output(`gradient ${part.parameters[i]!.name}`, gradient!);
    });
    const most = Math.max(...Object.values(golden.gradients).map(([norm]) => norm!));
    const given: Feeds = { input: [[count, ...part.inputShape], imagesOf(count)] };
    for (const one of part.parameters) given[one.name] = [one.shape, numbers[one.name]!];
    for (const block of blocks) {
      const found = await runModel(bytesOf(graph, block), given);
      for (const one of part.parameters) {
        const gradient = found[`gradient ${one.name}`]!.data as Float32Array;
        expect(gradient.length).toBe(sizeOf(one.shape));
        const [norm, ...projections] = golden.gradients[one.name]!;
        const most1e4 = 1e-4 * norm! + 1e-7 * most;
        const where = `${one.name}, blocks of ${block}`;
        expect(
          Math.abs(Math.sqrt(gradient.reduce((squares, value) => squares + value * value, 0)) - norm!),
          where,
        ).toBeLessThan(most1e4);
        projections.forEach((projection, k) => {
          const direction = hashedUniform(`${one.name}.${k}`, one.shape, 1, golden.seed);
          const length = gradient.reduce((dot, value, i) => dot + value * direction[i]!, 0);
          expect(Math.abs(length - projection), where).toBeLessThan(most1e4);
        });
      }
    }
  });
});
