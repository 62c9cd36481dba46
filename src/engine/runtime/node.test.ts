import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DType, MaskconError, type Shape } from "../../core/index.ts";
import { Graph, type Value } from "../graph/index.ts";
import { lowerToBytes } from "../lowering/index.ts";
import { ops } from "../ops/index.ts";
import type { Executor, Program } from "./contract.ts";
import { blockSize, createExecutor } from "./node.ts";

/** A program from a graph whose state inputs and outputs carry their prefixes. */
function program(build: (graph: Graph) => void): Program {
  const graph = new Graph(ops);
  build(graph);
  const slots = (names: Iterable<string>, prefix: string) =>
    [...names].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const feeds = [...graph.inputs].filter(([name]) => !name.startsWith("state."));
  return {
    model: lowerToBytes(graph, { block: 0 }),
    feeds: Object.fromEntries(
      feeds.map(([name, { dtype, shape }]): [string, { dtype: DType; shape: Shape }] => [name, { dtype, shape }]),
    ),
    reads: slots(graph.inputs.keys(), "state."),
    writes: slots(graph.outputs.keys(), "next."),
    fetches: [...graph.outputs.keys()].filter((name) => !name.startsWith("next.")),
  };
}

/** count <- count + x, and the sum of the new count. */
const add = program((graph) => {
  const next = graph.op("add", [graph.input("state.count", "float32", [3]), graph.input("x", "float32", [3])]);
  graph.output("next.count", next);
  graph.output("total", graph.op("reduceSum", [next], { axes: [0], keepDims: false }));
});

/** x^(2^k), k products of single-threaded matrices: something that takes a while. */
const slow = program((graph) => {
  let x: Value = graph.input("x", "float32", [768, 768]);
  for (let i = 0; i < 40; i++) x = graph.op("matmul", [x, x], { transposeA: false, transposeB: false });
  graph.output(
    "corner",
    graph.op("slice", [graph.op("slice", [x], { axis: 0, start: 0, end: 1 })], { axis: 1, start: 0, end: 1 }),
  );
});

const broken: Program = { ...add, model: Uint8Array.of(1, 2, 3) };

const state = { count: { dtype: "float32", shape: [3] }, other: { dtype: "int32", shape: [2] } } as const;
const open = () => createExecutor({ device: "cpu", threads: 1, state, programs: { add, slow, broken } });
const ones = () => new Float32Array(3).fill(1);

describe("state", () => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await open();
  });
  afterAll(() => executor.close());

  test("starts as zeros, is replaced by runs and writes, and keeps what neither names", async () => {
    expect(await executor.read(["count", "other"])).toEqual({ count: new Float32Array(3), other: new Int32Array(2) });
    await executor.write({ other: Int32Array.of(4, 5) });
    expect((await executor.run("add", { x: ones() })).total).toEqual(Float32Array.of(3));
    await executor.write({ count: Float32Array.of(1, 2, 3) });
    expect((await executor.run("add", { x: ones() })).total).toEqual(Float32Array.of(9));
    expect(await executor.read(["count", "other"])).toEqual({
      count: Float32Array.of(2, 3, 4),
      other: Int32Array.of(4, 5),
    });
  });

  test("a copy that was read does not change with later runs", async () => {
    const { count } = await executor.read(["count"]);
    const before = count!.slice();
    await executor.run("add", { x: ones() });
    expect(count).toEqual(before);
  });

  test("runs that are not waited for happen one after the other", async () => {
    await executor.write({ count: new Float32Array(3) });
    const totals = await Promise.all(Array.from({ length: 8 }, () => executor.run("add", { x: ones() })));
    expect(totals.map(({ total }) => total![0])).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
  });

  test("feeds and state may stand in shared memory", async () => {
    const shared = () => new Float32Array(new SharedArrayBuffer(12)).fill(2);
    await executor.write({ count: shared() });
    const x = shared();
    expect((await executor.run("add", { x })).total).toEqual(Float32Array.of(12));
    x.fill(5);
    expect((await executor.run("add", { x })).total).toEqual(Float32Array.of(27));
  });

  test("a released program runs again", async () => {
    await executor.write({ count: new Float32Array(3) });
    await executor.run("add", { x: ones() });
    await executor.release("add");
    await executor.release("add");
    expect((await executor.run("add", { x: ones() })).total).toEqual(Float32Array.of(6));
  });

  test.each([
    ["no feed", {}, /^x: expected float32 of 3 values, found nothing/],
    ["a short feed", { x: new Float32Array(2) }, /^x: expected float32 of 3 values, found float32 of 2/],
    ["a feed of another dtype", { x: new Int32Array(3) }, /found int32 of 3/],
  ])("%s is refused", async (_, feeds, message) => {
    await expect(executor.run("add", feeds as never)).rejects.toThrow(message);
  });

  test("unknown programs and slots are refused, naming the known", async () => {
    await expect(executor.run("step", {})).rejects.toThrow(/expected one of add, slow, broken, found "step"/);
    await expect(executor.read(["queue"])).rejects.toThrow(/expected one of count, other, found "queue"/);
    await expect(executor.write({ queue: ones() })).rejects.toThrow(MaskconError);
  });

  test("a model that ONNX Runtime refuses is one error, and the runtime lives on", async () => {
    const error = await executor.run("broken", { x: ones() }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(MaskconError);
    expect((error as Error).message).not.toMatch(/[\n]|onnxruntime_src/);
    await executor.write({ count: new Float32Array(3) });
    expect((await executor.run("add", { x: ones() })).total).toEqual(Float32Array.of(3));
  });
});

describe("threads", () => {
  test("the caller's stays responsive while a program computes", async () => {
    const executor = await open();
    await executor.run("add", { x: ones() });
    let longest = 0;
    let last = performance.now();
    const timer = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 5);
    const start = performance.now();
    await executor.run("slow", { x: new Float32Array(768 * 768) });
    const took = performance.now() - start;
    clearInterval(timer);
    await executor.close();
    expect(took).toBeGreaterThan(50);
    expect(longest).toBeLessThan(took / 2);
  });

  test("two runtimes work side by side, each with its own state", async () => {
    const [a, b] = await Promise.all([open(), open()]);
    await b.write({ count: Float32Array.of(10, 10, 10) });
    const runs = Array.from({ length: 5 }, () => [a.run("add", { x: ones() }), b.run("add", { x: ones() })]).flat();
    const totals = (await Promise.all(runs)).map(({ total }) => total![0]);
    expect(totals).toEqual([3, 33, 6, 36, 9, 39, 12, 42, 15, 45]);
    await Promise.all([a.close(), b.close()]);
  });
});

describe("close", () => {
  test("may be called twice; whatever comes later is refused", async () => {
    const executor = await open();
    await Promise.all([executor.close(), executor.close()]);
    await executor.close();
    for (const late of [() => executor.run("add", { x: ones() }), () => executor.read(["count"])]) {
      await expect(late()).rejects.toThrow(/expected an open runtime, found a closed one/);
    }
  });

  test("waits for a run that is under way", async () => {
    const executor = await open();
    const run = executor.run("add", { x: ones() });
    await executor.close();
    expect((await run).total).toEqual(Float32Array.of(3));
  });
});

test("a runtime that cannot start says why", async () => {
  const state = { x: { dtype: "float32", shape: [2 ** 40] } } as const;
  await expect(createExecutor({ device: "cpu", state, programs: {} })).rejects.toThrow(
    /expected ONNX Runtime to start with this state, found .*(length|memory|alloc).*; lower the queue size/i,
  );
});

test("the block of the blocked layout is one that its kernels come in, or none", async () => {
  expect([0, 8, 16]).toContain(await blockSize());
});
