import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { floats, ints, node, putModel, SIDE, value } from "../../../test/joined-models.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { random } from "../../core/index.ts";
import { withChangedCopy } from "../changed-copy.ts";
import { type ForeignModelOptions, readForeignModel } from "../foreign-model.ts";
import { openTrunk } from "../trunk.ts";
import { freeBatch } from "./free-batch.ts";

type Dims = readonly (number | string)[];
const modelOf = (n: number, nodes: object[], tensors: object[], output: Dims, opset = 13) => {
  const graph = {
    ...{ name: "g", node: nodes, initializer: [floats("kernel", 6, 3, 3, 3), ...tensors] },
    ...{ input: [value("pixels", [n, 3, SIDE, SIDE])], output: [value("features", output)] },
  };
  return putModel(graph, { opset });
};

/** The copy with a free batch; undefined where there is none. */
async function freed(file: string, options: ForeignModelOptions = {}): Promise<string | undefined> {
  const model = await readForeignModel(file, options);
  const changes = await freeBatch(model);
  if (!changes) return undefined;
  const copy = join(temporaryFolder(), "free.onnx");
  await withChangedCopy(
    model,
    () => changes,
    async (path) => writeFileSync(copy, readFileSync(path)),
  );
  return copy;
}

/** The largest difference of a free copy from the model, as a share of the largest feature, at batches that it was not checked at. */
async function difference(file: string, copy: string): Promise<number> {
  const trunk = await openTrunk({ file });
  const session = await InferenceSession.create(copy, { logSeverityLevel: 4 });
  let worst = 0;
  for (const n of [1, 2, 5]) {
    const rng = random(2, n);
    const images = Float32Array.from({ length: n * 3 * SIDE * SIDE }, () => rng.normal());
    const { features } = await session.run({ pixels: new Tensor("float32", images, [n, 3, SIDE, SIDE]) });
    expect(features!.dims[0]).toBe(n);
    const expected = await trunk.embed(images);
    const found = features!.data as Float32Array;
    expect(found.length).toBe(expected.length);
    const most = Math.max(...expected.map(Math.abs));
    expected.forEach((one, i) => {
      worst = Math.max(worst, Math.abs(one - found[i]!) / most);
    });
  }
  await session.release();
  await trunk.close();
  return worst;
}

/** [n, 6, 4, 4] */
const conv = node("Conv", "pixels kernel", "map", { strides: [3, 3], pads: [1, 1, 1, 1] });
const shape = (name: string, ...sizes: number[]) => ints(name, [sizes.length], ...sizes);
const pooled = node("ReduceMean", "last", "features", { axes: [1], keepdims: 0 });

type Case = readonly [what: string, nodes: (n: number) => object[], tensors: (n: number) => object[], rest: Dims];
const cases: readonly Case[] = [
  ["a flattened map", () => [conv, node("Reshape", "map flat", "features")], (n) => [shape("flat", n, 96)], [96]],
  ["a rest", () => [conv, node("Reshape", "map flat", "features")], (n) => [shape("flat", n, -1)], [96]],
  [
    "a class token that is spread before",
    () => [
      conv,
      node("Reshape", "map flat", "rows"),
      node("Transpose", "rows", "tokens", { perm: [0, 2, 1] }),
      node("Expand", "cls spread", "first"),
      node("Concat", "first tokens", "last", { axis: 1 }),
      pooled,
    ],
    (n) => [shape("flat", n, 6, 16), floats("cls", 1, 1, 6), shape("spread", n, 1, 6)],
    [6],
  ],
  [
    "images within an axis: windows",
    () => [
      conv,
      node("Reshape", "map parts", "six"),
      node("Transpose", "six", "ordered", { perm: [0, 2, 4, 3, 5, 1] }),
      node("Reshape", "ordered windows", "rows"),
      node("MatMul", "rows matrix", "products"),
      node("Softmax", "products", "soft", { axis: -1 }),
      node("Reshape", "soft back", "last"),
      pooled,
    ],
    (n) => [
      ...[shape("parts", n, 6, 2, 2, 2, 2), shape("windows", 4 * n, 4, 6), shape("back", n, 16, 7)],
      floats("matrix", 6, 7),
    ],
    [7],
  ],
  [
    "images along the second axis",
    () => [
      conv,
      node("Reshape", "map flat", "rows"),
      node("Transpose", "rows", "tokens", { perm: [2, 0, 1] }),
      node("Reshape", "tokens heads", "split"),
      node("Transpose", "split", "byHead", { perm: [1, 0, 2] }),
      node("Transpose", "byHead", "turned", { perm: [0, 2, 1] }),
      node("MatMul", "byHead turned", "scores"),
      node("Softmax", "scores", "attention", { axis: -1 }),
      node("MatMul", "attention byHead", "mixed"),
      node("Transpose", "mixed", "joined", { perm: [1, 0, 2] }),
      node("Reshape", "joined flatRows", "all"),
      node("Gemm", "all matrix bias", "projected"),
      node("Reshape", "projected sequence", "long"),
      node("Transpose", "long", "last", { perm: [1, 0, 2] }),
      pooled,
    ],
    (n) => [
      ...[shape("flat", n, 6, 16), shape("heads", 16, 2 * n, 3), shape("flatRows", 16 * n, 6)],
      ...[shape("sequence", 16, n, 5), floats("matrix", 6, 5), floats("bias", 5)],
    ],
    [5],
  ],
  [
    "a slice of all images, and sizes of a Resize",
    () => [
      conv,
      node("Slice", "map starts ends axes", "part"),
      node("Resize", "part none none sizes", "large", { mode: "nearest" }),
      node("Reshape", "large flat", "features"),
    ],
    (n) => [
      ...[
        shape("starts", 0, 1),
        shape("ends", n, 3),
        shape("axes", 0, 1),
        shape("sizes", n, 2, 8, 8),
        shape("flat", n, -1),
      ],
      { name: "none", dims: [0], dataType: 1, rawData: new Uint8Array(0) },
    ],
    [128],
  ],
  [
    "rows that are the same for all images",
    () => [conv, node("Reshape", "map flat", "rows"), node("Add", "rows same", "features")],
    (n) => {
      const row = floats("same", 96);
      const all = new Uint8Array(n * row.rawData.length);
      for (let i = 0; i < n; i++) all.set(row.rawData, i * row.rawData.length);
      return [shape("flat", n, 96), { ...row, dims: [n, 96], rawData: all }];
    },
    [96],
  ],
  [
    "numbers that are all taken, in their order",
    (n) =>
      [
        node("ReduceMean", "pixels", "means", { axes: [2, 3], keepdims: 0 }),
        node("Reshape", "means flat", "numbers"),
        node("Gather", "numbers places", "strided"),
        node("Squeeze", "strided axes", "features"),
      ].slice(n > 0 ? 0 : 1),
    (n) => [
      ...[shape("flat", -1), shape("axes", 2, 3)],
      ints("places", [n, 3, 1, 1], ...Array.from({ length: 3 * n }, (_, i) => i)),
    ],
    [3],
  ],
];

describe.each(cases)("%s", (_, nodes, tensors, rest) => {
  test.each([1, 4])("at batch %i", async (n) => {
    const file = modelOf(n, nodes(n), tensors(n), [n, ...rest]);
    const copy = await freed(file);
    expect(copy).toBeDefined();
    expect(await difference(file, copy!)).toBeLessThan(1e-5);
    const { input } = await readForeignModel(copy!, {});
    expect(input.batch).toBeUndefined();
  });
});

describe("stays", () => {
  const stays = async (n: number, nodes: object[], tensors: object[], rest: Dims) =>
    expect(await freed(modelOf(n, nodes, tensors, [n, ...rest]))).toBeUndefined();

  test("where images touch each other, although more can be computed", () =>
    stays(
      2,
      [conv, node("ReduceMean", "map", "mean", { axes: [0] }), node("Sub", "map mean", "features")],
      [],
      [6, 4, 4],
    ));

  test("where images of a batch differ by their place in it", () =>
    stays(
      2,
      [conv, node("Reshape", "map flat", "rows"), node("Add", "rows other", "features")],
      [shape("flat", 2, 96), floats("other", 2, 96)],
      [96],
    ));

  test("where a softmax goes over all images", () =>
    stays(4, [conv, node("Softmax", "map", "features", { axis: 0 })], [], [6, 4, 4]));

  test("where two images are one row", () =>
    stays(
      2,
      [
        conv,
        node("Reshape", "map flat", "rows"),
        node("MatMul", "rows matrix", "one"),
        node("Expand", "one two", "features"),
      ],
      [shape("flat", 1, 192), floats("matrix", 192, 5), shape("two", 2, 5)],
      [5],
    ));

  test("where it is free already", async () => {
    const graph = {
      ...{ name: "g", node: [node("Conv", "pixels kernel", "features")], initializer: [floats("kernel", 6, 3, 3, 3)] },
      ...{ input: [value("pixels", ["N", 3, SIDE, SIDE])], output: [value("features", ["N", 6, 10, 10])] },
    };
    expect(await freed(putModel(graph))).toBeUndefined();
  });
});

test("many choices end", async () => {
  const nodes: object[] = [conv];
  let last = "map";
  for (let i = 0; i < 40; i++) {
    nodes.push(node("Reshape", `${last} ones`, `r${i}`));
    last = `r${i}`;
  }
  nodes.push(node("Reshape", `${last} flat`, "rows"), node("ReduceMean", "rows", "mean", { axes: [0] }));
  nodes.push(node("Sub", "rows mean", "features"));
  const tensors = [shape("ones", 1, 1, 1, 1, 1, 96), shape("flat", 1, 96)];
  const start = Date.now();
  expect(await freed(modelOf(1, nodes, tensors, [1, 96]))).toBeUndefined();
  expect(Date.now() - start).toBeLessThan(20_000);
});
