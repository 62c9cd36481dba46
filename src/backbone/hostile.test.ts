import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { floats, headModel, ints, joinOptions, node, putModel, SIDE, value } from "../../test/joined-models.ts";
import { type Mutation, mutate, mutations } from "../../test/mutations.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { MaskconError } from "../core/index.ts";
import { MessagePieces } from "../formats/onnx/index.ts";
import { backboneFacts } from "./index.ts";
import { joinModels } from "./join/index.ts";

/** What each door that takes a foreign model says of a file: "ok", or the refusal, which is one coded line. */
async function answers(file: string): Promise<string[]> {
  const joined = async () => {
    const { pieces } = await joinModels(joinOptions(file, headModel(5).bytes));
    for await (const _ of pieces());
  };
  const said: string[] = [];
  for (const door of [() => backboneFacts(file), joined]) {
    const error = await door().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error !== undefined && !(error instanceof MaskconError)) throw error;
    const message = error === undefined ? "ok" : `${error.code}: ${error.message}`;
    expect(message).not.toMatch(/\n|undefined|NaN/);
    if (error) expect(["weights", "usage", "data"]).toContain(error.code);
    said.push(message);
  }
  return said;
}

const branch = (name: string) => ({
  ...{ name, node: [node("Add", "map shift", `${name}.y`)], output: [value(`${name}.y`, ["N", 5, "h", "w"])] },
});
/** A graph with something of everything: a graph within, numbers in a list, an operator of its own. */
const graph = {
  name: "trunk",
  node: [
    node("Twice", "pixels", "twice", {}, "me"),
    node("Conv", "twice kernel", "map", { pads: [1, 1, 1, 1], strides: [4, 4] }),
    node("If", "yes", "shifted", { then_branch: branch("then"), else_branch: branch("else") }),
    node("Relu", "shifted", "features"),
  ],
  initializer: [
    ...[floats("kernel", 5, 3, 3, 3), { name: "yes", dims: [], dataType: 9, rawData: Uint8Array.of(1) }],
    { name: "shift", dims: [1], dataType: 1, floatData: [0.5] },
  ],
  input: [value("pixels", ["N", 3, "height", "width"])],
  output: [value("features", ["N", 5, "h", "w"])],
};
const opsetImport = [{ domain: "", version: 17 }];
const twice = { node: [node("Add", "x x", "y")], input: ["x"], output: ["y"] };
const more = {
  opsetImport: [...opsetImport, { domain: "me", version: 1 }],
  functions: [{ name: "Twice", domain: "me", ...twice, opsetImport }],
};

test("300 damaged files are taken, or refused in one line", async () => {
  const folder = temporaryFolder();
  const file = putModel(graph, { more }, folder);
  expect(await answers(file)).toEqual(["ok", "ok"]);
  const bytes = readFileSync(file);
  const before = process.memoryUsage().rss;
  let refused = 0;
  const damage = async (list: readonly unknown[]) => {
    writeFileSync(file, mutate(bytes, list as Mutation[]));
    if ((await answers(file)).some((answer) => answer !== "ok")) refused++;
  };
  await fc.assert(fc.asyncProperty(mutations, damage), { numRuns: 300, seed: 17 });
  expect(refused).toBeGreaterThan(100);
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
});

test("every length a file may be cut to", async () => {
  const file = putModel({ ...graph, initializer: [...graph.initializer].reverse() }, { more });
  const bytes = readFileSync(file);
  for (let length = 0; length < bytes.length; length += 7) {
    writeFileSync(file, bytes.subarray(0, length));
    expect(await answers(file)).not.toContain("ok");
  }
});

const withNodes = (...nodes: object[]) => ({ ...graph, node: nodes });
const tensor = (name: string, more: object) => ({ name, dims: [1], dataType: 1, ...more });
const withTensor = (more: object) => ({
  ...graph,
  node: [node("Conv", "pixels kernel", "map"), node("Add", "map bad", "features")],
  initializer: [floats("kernel", 5, 3, 3, 3), tensor("bad", more)],
});
const sized = (...dims: number[]) => ({ ...graph, input: [value("pixels", dims)] });
const nested = (depth: number): object =>
  depth === 0 ? branch("y") : { ...branch("y"), node: [node("If", "yes", "y.y", { then_branch: nested(depth - 1) })] };
/** -2^63 */
const least = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128);
const conv = node("Conv", "pixels kernel", "map", { strides: [4, 4] });

test.each<[string, object]>([
  ["a circle", withNodes(node("Conv", "b kernel", "a"), node("Relu", "a", "b"), node("Add", "a pixels", "features"))],
  ["a node that reads what it makes", withNodes(conv, node("Add", "map features", "features"))],
  ["a value made twice", withNodes(conv, node("Relu", "map", "features"), node("Abs", "map", "features"))],
  [
    "a tensor given twice",
    {
      ...withNodes(node("Conv", "pixels kernel", "features")),
      initializer: [floats("kernel", 5, 3, 3, 3), floats("kernel", 5, 3, 3, 3)],
    },
  ],
  ["a value that nothing makes", withNodes(conv, node("Add", "map nothing", "features"))],
  ["an output that nothing makes", withNodes(conv)],
  ["no operator", withNodes(conv, node("", "map", "features"))],
  ["an unknown operator", withNodes(conv, node("Unknown", "map", "features"))],
  ["a node without inputs", withNodes(conv, { opType: "Relu", output: ["features"] })],
  ["graphs in graphs", withNodes(conv, node("If", "yes", "features", { then_branch: nested(20) }))],
  ["an If without branches", withNodes(conv, node("If", "yes", "features"))],
  ["a shape that overflows", withTensor({ dims: [2 ** 32, 2 ** 32], rawData: new Uint8Array(4) })],
  ["a tensor that is larger than its bytes", withTensor({ dims: [2 ** 40], rawData: new Uint8Array(4) })],
  ["a list that is shorter than its shape", withTensor({ dims: [5000], floatData: [1] })],
  ["a negative size", withTensor({ dims: [-1], rawData: new Uint8Array(4) })],
  ["numbers of another type", withTensor({ dataType: 7, rawData: new Uint8Array(8) })],
  ["text as raw bytes", withTensor({ dataType: 8, rawData: new Uint8Array(4) })],
  ["no type", withTensor({ dataType: 0, rawData: new Uint8Array(4) })],
  ["a part of a tensor", withTensor({ segment: { begin: 0, end: 4 }, rawData: new Uint8Array(4) })],
  ["images of any number of pixels", sized(1, 3, 2 ** 30, 2 ** 30)],
  ["images without pixels", sized(1, 3, 0, 0)],
  ["any number of images", sized(2 ** 40, 3, SIDE, SIDE)],
  [
    "memory for all",
    {
      ...withNodes(node("Expand", "pixels huge", "features")),
      initializer: [ints("huge", [4], 2 ** 30, 2 ** 30, 2 ** 30, 1)],
    },
  ],
])("%s is refused", async (_, content) => {
  expect(await answers(putModel(content))).not.toContain("ok");
});

test("names may be any text", async () => {
  const name = `--eval ${"µ\n".repeat(99_999)}`;
  const renamed = {
    ...withNodes(conv),
    output: [value("map", ["N", 5, "h", "w"])],
    input: [value(name, ["N", 3, "h", "w"])],
  };
  const [only] = renamed.node as { input: string[] }[];
  expect(await answers(putModel({ ...renamed, node: [{ ...only, input: [name, "kernel"] }] }))).toEqual(["ok", "ok"]);
});

test("a file that ends the process that runs it is refused", async () => {
  const content = {
    ...withNodes(
      ...[node("Div", "least minus", "quotient"), node("Cast", "quotient", "number", { to: 1 })],
      ...[conv, node("Add", "map number", "features")],
    ),
    initializer: [floats("kernel", 5, 3, 3, 3), ints("minus", [1], -1), { ...ints("least", [1], 0), rawData: least }],
  };
  const end = /weights: .*trunk\.onnx: expected a model that ONNX Runtime computes/;
  for (const answer of await answers(putModel(content))) expect(answer).toMatch(end);
});

/** Sizes of a tensor [1, 5, h, w]: of more memory than there is, and of more than a model may take. */
const sizes = [
  { bytes: "85 GB", h: 2 ** 16, w: 2 ** 16 },
  { bytes: "10 GiB", h: 2 ** 15, w: 2 ** 14 },
];
const takers = [
  { op: "Expand", inputs: "pooled size" },
  { op: "ConstantOfShape", inputs: "size" },
  { op: "Resize", inputs: "pooled   size" },
];
// Elsewhere a process cannot be bounded.
test.skipIf(process.platform !== "linux").each(takers.flatMap((taker) => sizes.map((size) => ({ ...taker, ...size }))))(
  "$op of $bytes is refused in a line, in bounded memory",
  async ({ op, inputs, h, w }) => {
    const content = {
      ...withNodes(
        ...[conv, node("GlobalAveragePool", "map", "pooled"), node(op, inputs, "big")],
        ...[node("GlobalAveragePool", "big", "mean"), node("Add", "mean pooled", "features")],
      ),
      initializer: [floats("kernel", 5, 3, 3, 3), ints("size", [4], 1, 5, h, w)],
    };
    const before = process.memoryUsage().rss;
    for (const answer of await answers(putModel(content))) {
      expect(answer).toMatch(/trunk\.onnx: .* found one that needs more than 8 GiB of memory(, in \w+ "big")?$/);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  },
);

test.each([0, -1, 2 ** 40])("operator set %i is refused", async (version) => {
  expect(await answers(putModel(graph, { opset: version }))).not.toContain("ok");
});

describe("protobuf as others may write it", () => {
  const conv = (attribute: MessagePieces) =>
    new MessagePieces().text(1, "pixels").text(1, "kernel").text(2, "features").text(4, "Conv").message(5, attribute);
  /** The model with a convolution of which one attribute, and the kernel's shape, are written so. */
  const written = (attribute: MessagePieces, dims: MessagePieces, behind = Buffer.alloc(0)) => {
    const file = putModel({ ...graph, node: [], initializer: [] });
    const { rawData } = floats("kernel", 5, 3, 3, 3);
    const kernel = new MessagePieces().varint(2, 1).text(8, "kernel").bytes(9, rawData);
    for (const piece of dims.pieces) kernel.add(piece);
    const more = new MessagePieces().message(1, conv(attribute)).message(5, kernel);
    // A message that stands twice is one: its fields are joined.
    const parts = [readFileSync(file), ...new MessagePieces().message(7, more).pieces] as Uint8Array[];
    writeFileSync(file, Buffer.concat([...parts, behind]));
    return file;
  };
  const pads = () => new MessagePieces().text(1, "pads").varint(20, 7);
  const packed = (number: number, ...values: number[]) => new MessagePieces().bytes(number, Uint8Array.from(values));
  const single = (number: number, values: readonly number[]) =>
    values.reduce((message, one) => message.varint(number, one), new MessagePieces());

  test("a graph in two parts is refused, and so are groups", async () => {
    const file = written(pads(), packed(1, 5, 3, 3, 3));
    expect((await answers(file)).join()).toMatch(/an ONNX model with one graph, found 2 graphs/);
    const whole = putModel(graph, { more });
    for (const group of [Buffer.from([0x3b, 0x3c]), Buffer.from([0xa3, 0x06, 0xa4, 0x06])]) {
      const damaged = join(temporaryFolder(), "model.onnx");
      writeFileSync(damaged, Buffer.concat([readFileSync(whole), group]));
      expect((await answers(damaged)).join()).toMatch(/bytes with their length, found wire type 3/);
    }
  });

  test("lists of numbers may be packed or not, and may not be endless", async () => {
    const graphOf = (attribute: MessagePieces, dims: MessagePieces) => {
      const file = join(temporaryFolder(), "model.onnx");
      const kernel = new MessagePieces()
        .varint(2, 1)
        .text(8, "kernel")
        .bytes(9, floats("kernel", 5, 3, 3, 3).rawData);
      for (const piece of dims.pieces) kernel.add(piece);
      const shape = ["N", "3", "12", "12"].reduce((message, text) => {
        const dim = new MessagePieces();
        return message.message(1, text === "N" ? dim.text(2, text) : dim.varint(1, Number(text)));
      }, new MessagePieces());
      const typed = new MessagePieces().message(1, new MessagePieces().varint(1, 1).message(2, shape));
      const body = new MessagePieces().text(2, "g").message(1, conv(attribute)).message(5, kernel);
      body.message(11, new MessagePieces().text(1, "pixels").message(2, typed));
      body.message(12, new MessagePieces().text(1, "features").message(2, typed));
      const model = new MessagePieces().varint(1, 8).message(8, new MessagePieces().varint(2, 17)).message(7, body);
      writeFileSync(file, Buffer.concat(model.pieces as Uint8Array[]));
      return answers(file);
    };
    const with1 = (list: MessagePieces) => list.pieces.reduce((message, piece) => message.add(piece), pads());
    for (const dims of [packed(1, 5, 3, 3, 3), single(1, [5, 3, 3, 3])]) {
      expect(await graphOf(with1(packed(8, 1, 1, 1, 1)), dims)).toEqual(["ok", "ok"]);
      expect(await graphOf(with1(single(8, [1, 1, 1, 1])), dims)).toEqual(["ok", "ok"]);
    }
    const endless = new MessagePieces().bytes(8, new Uint8Array(5_000_000));
    const refused = await graphOf(with1(endless), packed(1, 5, 3, 3, 3));
    expect(refused.join()).toMatch(/expected at most 4000000 parts, found more/);
  });
});
