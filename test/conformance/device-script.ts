import * as ort from "onnxruntime-node";
import type { Device, ExecutorOptions, OnnxRuntime } from "../../src/engine/index.ts";
import { Graph, lower, ops, ResidentExecutor } from "../../src/engine/index.ts";
import { createExecutor } from "../../src/engine/runtime/node.ts";
import { programOf } from "../../src/step/program.ts";
import { cases, representative } from "./cases.ts";
import { type Ledger, spyOn } from "./spying-runtime.ts";
import { runTrial, type TrialResult } from "./step-trial.ts";
import { runSuite, type SuiteReport } from "./suite.ts";

/** What the tests learn of a device from a process of its own. */
export interface DeviceFindings {
  readonly suite: SuiteReport;
  readonly trial: TrialResult;
  /** Where each output of the step stood. */
  readonly locations: Readonly<Record<string, readonly string[]>>;
  /** GPU tensors alive after the step was closed. */
  readonly leftOver: number;
  /** GPU tensors alive after each of many runs of a counter. */
  readonly alive: readonly number[];
  readonly counted: readonly number[];
  /** Operators reported as handed to the CPU, of a program with one the provider lacks. */
  readonly reported: readonly string[];
}

const [device, perOp] = process.argv.slice(2) as [Device, string];

const spied = (ledger: { ort: OnnxRuntime }) => ({
  open: async (options: ExecutorOptions) => {
    const executor = new ResidentExecutor(ledger.ort, options);
    await executor.probe();
    return executor;
  },
  blockSize: async () => 0,
});

/** count <- count + x, many times over. */
async function count(open: ReturnType<typeof spied>["open"], ledger: Ledger) {
  const graph = new Graph(ops);
  const x = graph.input("x", "float32", [64]);
  const next = graph.op("add", [graph.input("state.count", "float32", [64]), x]);
  graph.output("next.count", next);
  graph.output("total", graph.op("reduceSum", [next], { axes: [0], keepDims: false }));
  const state = { count: { dtype: "float32", shape: [64] } } as const;
  const add = programOf(graph, lower(graph, { block: 0 }));
  const executor = await open({ device, state, programs: { add } });
  const alive: number[] = [];
  for (let i = 0; i < 30; i++) {
    await executor.run("add", { x: new Float32Array(64).fill(0.5) });
    alive.push(ledger.live);
  }
  const { count } = await executor.read(["count"]);
  await executor.close();
  return { alive, counted: [count![0]!, count![63]!] };
}

/** Sign is an operator no WebGPU kernel exists for. */
async function fallbacks(): Promise<readonly string[]> {
  const graph = new Graph(ops);
  graph.output("y", graph.op("neg", [graph.input("x", "float32", [2])]));
  const lowered = lower(graph, { block: 0 });
  const model = { ...lowered.model, nodes: lowered.model.nodes.map((node) => ({ ...node, op: "Sign" })) };
  const executor = await createExecutor({
    device,
    state: {},
    programs: { sign: programOf(graph, { ...lowered, model }) },
  });
  try {
    await executor.run("sign", { x: Float32Array.of(-2, 3) });
    return (await executor.fallbacks()).sign ?? [];
  } finally {
    await executor.close();
  }
}

// The spy's sessions run in this thread and the others' in a worker: one after the other, as WebGPU wants it.
const spy = spyOn(ort as unknown as OnnxRuntime);
const host = spied(spy);
const trial = await runTrial(host, device, 3);
const leftOver = spy.ledger.live;
const locations = Object.fromEntries([...spy.ledger.locations].map(([name, places]) => [name, [...places]]));
const counted = await count(host.open, spy.ledger);
const open = (programs: ExecutorOptions["programs"]) => host.open({ device, state: {}, programs });
const suite = await runSuite({ name: device, block: 0, open }, perOp ? representative(Number(perOp)) : cases);
const findings: DeviceFindings = { suite, trial, locations, leftOver, ...counted, reported: await fallbacks() };
console.log(JSON.stringify(findings));
