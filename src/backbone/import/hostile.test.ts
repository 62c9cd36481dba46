import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { floats, ints, node, putModel, SIDE, value } from "../../../test/joined-models.ts";
import { type Mutation, mutate, mutations } from "../../../test/mutations.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { importPart, readParameters } from "./index.ts";

/** What the importer says of a file: "ok", or the refusal, which is one coded line. */
async function answer(file: string): Promise<string> {
  const work = async () => {
    for (const cut of ["all", 1] as const) await readParameters(file, await importPart(file, { cut, imageSize: SIDE }));
  };
  const error = await work().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !(error instanceof MaskconError)) throw error;
  const message = error === undefined ? "ok" : `${error.code}: ${error.message}`;
  expect(message).not.toMatch(/\n|undefined|NaN/);
  if (error) expect(["weights", "usage", "data"]).toContain(error.code);
  return message;
}

const graph = {
  name: "trunk",
  node: [
    node("Conv", "pixels kernel", "map", { pads: [1, 1, 1, 1] }),
    node("Add", "map shift", "shifted"),
    node("MaxPool", "shifted", "pooled", { kernel_shape: [2, 2], strides: [2, 2] }),
    node("Slice", "pooled starts ends axes", "sliced"),
    node("Gather", "sliced places", "gathered", { axis: 1 }),
    node("Reshape", "gathered shape", "rows"),
    node("MatMul", "rows matrix", "product"),
    node("Softmax", "product", "features", { axis: -1 }),
  ],
  initializer: [
    ...[floats("kernel", 5, 3, 3, 3), { name: "shift", dims: [5, 1, 1], dataType: 1, floatData: [1, 2, 3, 4, 5] }],
    ...[ints("starts", [1], 0), ints("ends", [1], 4), ints("axes", [1], 2), ints("places", [3], 0, 2, -1)],
    ...[ints("shape", [2], 0, -1), floats("matrix", 3 * 4 * 6, 7)],
  ],
  input: [value("pixels", ["N", 3, SIDE, SIDE])],
  output: [value("features", ["N", 7])],
};

const tmpdirBefore = process.env.TMPDIR;
let left: string;
beforeAll(() => {
  left = join(process.env.TMPDIR ?? "/tmp", `maskcon-hostile-${process.pid}`);
  mkdirSync(left, { recursive: true });
  process.env.TMPDIR = left;
});
afterAll(() => {
  if (tmpdirBefore === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = tmpdirBefore;
  expect(readdirSync(left).filter((name) => name.startsWith("maskcon-import-"))).toEqual([]);
  rmSync(left, { recursive: true });
});

test("damaged files are imported, or refused in one line", async () => {
  const file = putModel(graph, {}, temporaryFolder());
  expect(await answer(file)).toBe("ok");
  const bytes = readFileSync(file);
  const before = process.memoryUsage().rss;
  let refused = 0;
  const damage = async (list: readonly unknown[]) => {
    writeFileSync(file, mutate(bytes, list as Mutation[]));
    if ((await answer(file)) !== "ok") refused++;
  };
  await fc.assert(fc.asyncProperty(mutations, damage), { numRuns: 100, seed: 17 });
  expect(refused).toBeGreaterThan(30);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test("damaged files of a fixed batch, too", async () => {
  const fixed = {
    ...graph,
    initializer: graph.initializer.map((one) => (one.name === "shape" ? ints("shape", [2], 1, 72) : one)),
    input: [value("pixels", [1, 3, SIDE, SIDE])],
    output: [value("features", [1, 7])],
  };
  const file = putModel(fixed, {}, temporaryFolder());
  expect(await answer(file)).toBe("ok");
  const bytes = readFileSync(file);
  const damage = async (list: readonly unknown[]) => {
    writeFileSync(file, mutate(bytes, list as Mutation[]));
    await answer(file);
  };
  await fc.assert(fc.asyncProperty(mutations, damage), { numRuns: 20, seed: 3 });
});

const conv = node("Conv", "pixels kernel", "map", { pads: [1, 1, 1, 1] });
const kernel = floats("kernel", 5, 3, 3, 3);
const of = (nodes: object[], initializer: object[] = [], dims: (number | string)[] = ["N", 5, "h", "w"]) => ({
  ...{ ...graph, node: nodes, initializer: [kernel, ...initializer], output: [value("features", dims)] },
});
const numbers = (name: string, values: readonly number[]) => ({
  ...{ name, dims: [values.length], dataType: 1, rawData: new Uint8Array(Float32Array.from(values).buffer) },
});
const none = numbers("none", []);
/** -2^63 */
const least = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128);

test.each<[string, object]>([
  ["a circle", of([node("Conv", "b kernel", "a"), node("Relu", "a", "b"), node("Add", "a pixels", "features")])],
  [
    "a circle of weights",
    of([node("Identity", "v", "w"), node("Identity", "w", "v"), conv, node("Add", "map v", "features")]),
  ],
  ["memory for all", of([conv, node("Expand", "map huge", "features")], [ints("huge", [4], 1, 5, 2 ** 20, 2 ** 20)])],
  [
    "memory for most",
    of([node("Conv", "pixels kernel", "map", { pads: [20000, 20000, 0, 0] }), node("Relu", "map", "features")]),
  ],
  [
    "a constant that is huge",
    of(
      [conv, node("Expand", "one huge", "many"), node("Add", "map many", "features")],
      [floats("one", 1), ints("huge", [4], 1, 5, 2 ** 15, 2 ** 15)],
    ),
  ],
  ["a pool without a window", of([conv, node("MaxPool", "map", "features")])],
  [
    "a window without strides",
    of([conv, node("MaxPool", "map", "features", { kernel_shape: [2, 2], strides: [0, 0] })]),
  ],
  ["groups that do not fit", of([node("Conv", "pixels kernel", "features", { group: 2 })])],
  ["no groups", of([node("Conv", "pixels kernel", "features", { group: 0 })])],
  ["dilations of zero", of([node("Conv", "pixels kernel", "features", { dilations: [0, 0] })])],
  [
    "a step of zero",
    of([conv, node("Slice", "map zero one zero zero", "features")], [ints("zero", [1], 0), ints("one", [1], 1)]),
  ],
  [
    "places that are not there",
    of([conv, node("Gather", "map place", "features", { axis: 1 })], [ints("place", [1], 99)]),
  ],
  ["a place of an axis that is not there", of([conv, node("Concat", "map map", "features", { axis: 9 })])],
  [
    "parts of nothing",
    of([conv, node("Split", "map sizes", "features rest", { axis: 1 })], [ints("sizes", [2], 5, 0)]),
  ],
  ["a shape of two unknowns", of([conv, node("Reshape", "map shape", "features")], [ints("shape", [4], 0, -1, -1, 1)])],
  [
    "a quotient that overflows",
    of(
      [conv, node("Div", "least minus", "quotient"), node("Reshape", "map quotient", "features")],
      [ints("minus", [1], -1), { ...ints("least", [1], 0), rawData: least }],
    ),
  ],
  ...[
    ["scales beyond memory", [1, 1, 1e9, 1e9]],
    ["scales beyond numbers", [1, 1, 3e38, Number.POSITIVE_INFINITY]],
    ["scales of nothing", [1, 1, 0, 0]],
    ["scales below nothing", [1, 1, -2, 2]],
    ["a scale that is no number", [1, 1, Number.NaN, 2]],
    ["scales of other axes", [2, 2]],
    ["scales of the batch", [2, 1, 1, 1]],
  ].map(([what, scales]): [string, object] => [
    what as string,
    of([conv, node("Resize", "map none scales", "features")], [none, numbers("scales", scales as number[])]),
  ]),
  ...[
    ["sizes of nothing", [0, 5, 0, 0]],
    ["sizes beyond memory", [1, 5, 2 ** 40, 2 ** 40]],
    ["sizes of other axes", [7]],
  ].map(([what, sizes]): [string, object] => [
    what as string,
    of(
      [conv, node("Resize", "map none none sizes", "features")],
      [none, ints("sizes", [(sizes as number[]).length], ...(sizes as number[]))],
    ),
  ]),
  ...[
    { mode: "cubic" },
    { mode: "linear", antialias: 1 },
    { coordinate_transformation_mode: "tf_crop_and_resize" },
    { nearest_mode: "none" },
  ].map((attributes): [string, object] => [
    `a resize with ${JSON.stringify(attributes)}`,
    of([conv, node("Resize", "map none twice", "features", attributes)], [none, numbers("twice", [1, 1, 2, 2])]),
  ]),
  ["graphs that are no tensors", of([conv, node("Relu", "map", "features", { value: graph })], [])],
  [
    "more blocks than numbers",
    of(
      [conv, node("Add", "map much", "features")],
      [{ name: "much", dims: [2 ** 30], dataType: 1, rawData: new Uint8Array(4) }],
    ),
  ],
])("%s is refused", async (_, content) => {
  expect(await answer(putModel(content))).not.toBe("ok");
});
