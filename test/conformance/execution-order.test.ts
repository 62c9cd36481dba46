import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { sizeOf } from "../../src/core/index.ts";
import { inExecutionOrder, lower, type OnnxModel, type OnnxNode, writeModel } from "../../src/engine/index.ts";
import { blockSize } from "../../src/engine/runtime/node.ts";
import { objectiveOf } from "../../src/methods/index.ts";
import type { StepOptions } from "../../src/step/options.ts";
import { stateLayout } from "../../src/step/state-layout.ts";
import { stepGraph } from "../../src/step/step-graph.ts";

const options: StepOptions = {
  backbone: "resnet20",
  imageSize: 16,
  batchSize: 8,
  embeddingDim: 8,
  coarseClasses: 3,
  queueSize: 6,
  method: { name: "maskcon" },
  temperature: 0.1,
  keyMomentum: 0.99,
  sgd: { momentum: 0.9, weightDecay: 5e-4 },
  device: "cpu",
  seed: 0,
};

interface Run {
  readonly nodes: readonly OnnxNode[];
  /** Bytes a node made, by its name. */
  readonly bytes: ReadonlyMap<string, number>;
}

const folder = mkdtempSync(join(tmpdir(), "maskcon-order-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a model once under ONNX Runtime's profiler: its nodes in the order they ran. */
async function profiled(model: OnnxModel, prefix: string): Promise<Run> {
  const session = await ort.InferenceSession.create(writeModel(model), {
    graphOptimizationLevel: "disabled",
    enableProfiling: true,
    profileFilePrefix: join(folder, prefix),
    intraOpNumThreads: 1,
  });
  const feeds = model.inputs.map(({ name, shape }) => {
    const dims = shape as number[];
    return [name, new ort.Tensor("float32", new Float32Array(sizeOf(dims)).fill(0.1), dims)] as const;
  });
  await session.run(Object.fromEntries(feeds));
  session.endProfiling();
  await session.release();
  const file = readdirSync(folder).find((name) => name.startsWith(prefix))!;
  const events = JSON.parse(readFileSync(join(folder, file), "utf8")) as Event[];
  const kernels = events.filter(({ cat, name }) => cat === "Node" && name.endsWith(suffix)).sort((a, b) => a.ts - b.ts);
  const byName = new Map(model.nodes.map((node) => [node.name, node]));
  const nameOf = ({ name }: Event) => name.slice(0, -suffix.length);
  return {
    nodes: kernels.map((event) => byName.get(nameOf(event))!),
    bytes: new Map(kernels.map((event) => [nameOf(event), Number(event.args.output_size)])),
  };
}

const suffix = "_kernel_time";
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly args: { readonly output_size: string };
}

/** Most bytes alive at once when nodes run in this order, each freed after its last reader; a view is its tensor. */
function peak({ nodes, bytes }: Run, outputs: ReadonlySet<string>): number {
  const source = new Map<string, string>();
  for (const { op, inputs, outputs: made } of nodes) {
    if (op === "Reshape" && !outputs.has(made[0]!)) source.set(made[0]!, source.get(inputs[0]!) ?? inputs[0]!);
  }
  const lastRead = new Map<string, number>();
  for (const [i, { inputs }] of nodes.entries()) for (const x of inputs) lastRead.set(source.get(x) ?? x, i);
  const freed = new Map<number, number>();
  let live = 0;
  let most = 0;
  for (const [i, node] of nodes.entries()) {
    if (!source.has(node.outputs[0]!)) {
      live += bytes.get(node.name)!;
      const end = Math.max(...node.outputs.map((y) => (outputs.has(y) ? nodes.length : (lastRead.get(y) ?? i))));
      freed.set(end, (freed.get(end) ?? 0) + bytes.get(node.name)!);
    }
    most = Math.max(most, live);
    live -= freed.get(i) ?? 0;
  }
  return most;
}

const objective = objectiveOf(options.method);
const block = await blockSize();

describe.each(block > 0 ? [0, block] : [0])("a step with blocks of %i", (width) => {
  const lowered = lower(stepGraph(options, objective, stateLayout(options, objective)), { block: width });
  const model = inExecutionOrder(lowered.model);
  const outputs = new Set(model.outputs.map(({ name }) => name));
  const running = profiled(model, `blocks-${width}`);

  test("computes nothing that nobody reads", () => {
    const read = new Set([...outputs, ...model.nodes.flatMap(({ inputs }) => inputs)]);
    expect(model.nodes.filter((node) => !node.outputs.some((y) => read.has(y))).map(({ name }) => name)).toEqual([]);
  });

  test("needs no more memory in ONNX Runtime's order than in the order its nodes were written", async () => {
    const run = await running;
    expect(run.nodes).toHaveLength(model.nodes.length);
    const written = { ...run, nodes: [...model.nodes].reverse() };
    expect(peak(run, outputs)).toBeLessThanOrEqual(1.01 * peak(written, outputs));
  });

  test("takes each layer's weight gradient before it goes on to earlier layers", async () => {
    const order = (await running).nodes.map(({ name }) => name);
    const first = (scope: string) => order.findIndex((name) => name.startsWith(`gradient/query/${scope}/`));
    const weight = (layer: string) => first(`${layer}/conv2dWeightGradient`);
    const input = (layer: string) => first(`${layer}/conv2dInputGradient`);
    expect(weight("layer3.2.conv2")).toBeGreaterThan(0);
    expect(weight("layer3.2.conv2")).toBeLessThan(input("layer3.2.conv1"));
    expect(weight("layer3.2.conv1")).toBeLessThan(input("layer2.0.conv1"));
    expect(weight("layer2.0.conv1")).toBeLessThan(input("layer1.0.conv1"));
    expect(input("layer1.0.conv1")).toBeLessThan(weight("conv1"));
  });

  test("is done with the key encoder before the query encoder begins", async () => {
    const order = (await running).nodes.map(({ name }) => name);
    const begun = order.findIndex((name) => name.startsWith("query/conv1/"));
    expect(order.findLastIndex((name) => name.startsWith("key/layer"))).toBeLessThan(begun);
  });
});
