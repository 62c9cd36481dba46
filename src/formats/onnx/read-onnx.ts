import type { ByteRanges } from "../byte-ranges.ts";
import { typeName } from "./data-types.ts";
import { externalTensors } from "./external-tensors.ts";
import { Message } from "./message.ts";
import type {
  OnnxFile,
  OnnxFileAttribute,
  OnnxFileGraph,
  OnnxFileNode,
  OnnxFileTensor,
  OnnxFileValue,
} from "./onnx-model.ts";
import { type Extent, type Field, ProtobufFile } from "./protobuf.ts";
import { readTensor } from "./read-tensor.ts";

/** Graphs in attributes of nodes in graphs. */
const MAX_DEPTH = 8;

/**
 * Reads what an ONNX file says of itself, weights apart: names, operators, shapes, and where the numbers lie. Whether it can
 * be computed is ONNX Runtime's to say.
 * @throws MaskconError "weights" where bytes are no ONNX model, with their place
 */
export async function readOnnx(ranges: ByteRanges): Promise<OnnxFile> {
  const file = new ProtobufFile(ranges);
  const model = await Message.read(file, file.whole);
  const graphs = model.all(7);
  if (graphs.length !== 1) file.refuse(0, "an ONNX model with one graph", `${graphs.length} graphs`);
  const opsets = new Map<string, number>();
  for (const field of model.all(8)) {
    const opset = await model.child(field);
    const domain = await opset.text(1);
    opsets.set(domain === "ai.onnx" ? "" : domain, opset.whole(2));
  }
  return {
    irVersion: model.whole(1),
    producer: [await model.text(2), await model.text(3)].filter(Boolean).join(" "),
    opsets,
    metadata: await pairs(model, 14),
    functions: await inTurn(model.all(25), async (field) => (await model.child(field)).text(1)),
    graph: await readGraph(file, file.extent(graphs[0]!), MAX_DEPTH),
    external: await externalTensors(new ProtobufFile(ranges)),
  };
}

async function readGraph(file: ProtobufFile, extent: Extent, depth: number): Promise<OnnxFileGraph> {
  if (depth === 0) file.refuse(extent.offset, `graphs in at most ${MAX_DEPTH} others`, "more");
  const graph = await Message.read(file, extent);
  const values = (number: number) => inTurn(graph.all(number), async (field) => readValue(await graph.child(field)));
  const tensors = await inTurn(graph.all(5), async (field) => readTensor(await graph.child(field)));
  checkNames(file, extent, tensors);
  return {
    nodes: await inTurn(graph.all(1), async (field) => readNode(file, await graph.child(field), depth)),
    tensors,
    inputs: await values(11),
    outputs: await values(12),
  };
}

/** ONNX Runtime takes one of two tensors of a name, and says nothing. */
function checkNames(file: ProtobufFile, { offset }: Extent, tensors: readonly OnnxFileTensor[]): void {
  const names = new Set<string>();
  for (const { name } of tensors) {
    if (names.has(name))
      file.refuse(offset, "tensors with names of their own", `two ${JSON.stringify(name.slice(0, 100))}`);
    names.add(name);
  }
}

async function readNode(file: ProtobufFile, node: Message, depth: number): Promise<OnnxFileNode> {
  const attributes = new Map<string, OnnxFileAttribute>();
  for (const field of node.all(5)) {
    const attribute = await node.child(field);
    attributes.set(await attribute.text(1), await readAttribute(file, attribute, depth));
  }
  const domain = await node.text(7);
  return {
    op: await node.text(4),
    domain: domain === "ai.onnx" ? "" : domain,
    name: await node.text(3),
    inputs: await node.texts(1),
    outputs: await node.texts(2),
    attributes,
  };
}

/** `AttributeProto.AttributeType`, beyond those that are read. */
const otherKinds = new Map([
  [9, "tensors"],
  [10, "graphs"],
  [11, "sparse tensor"],
  [12, "sparse tensors"],
  [13, "type"],
  [14, "types"],
]);

async function readAttribute(file: ProtobufFile, attribute: Message, depth: number): Promise<OnnxFileAttribute> {
  if (attribute.all(21).length > 0) return { other: "reference to a function's attribute" };
  const type = attribute.whole(20) || guessedType(attribute);
  switch (type) {
    case 1:
      return { float: (await attribute.floats(2))[0] ?? 0 };
    case 2:
      return { int: (await attribute.integers(3))[0] ?? 0n };
    case 3:
      return { string: await attribute.text(4) };
    case 4:
      return { tensor: await readTensor(await attribute.only(5)) };
    case 5:
      return { graph: await readGraph(file, (await attribute.only(6)).extent, depth - 1) };
    case 6:
      return { floats: await attribute.floats(7) };
    case 7:
      return { ints: await attribute.integers(8) };
    case 8:
      return { strings: await attribute.texts(9) };
    default:
      return { other: otherKinds.get(type) ?? `type ${type}` };
  }
}

/** Writers before IR version 2 named no type. */
function guessedType(attribute: Message): number {
  return [2, 3, 4, 5, 6, 7, 8, 9].findIndex((number) => attribute.all(number).length > 0) + 1;
}

async function readValue(value: Message): Promise<OnnxFileValue> {
  const name = await value.text(1);
  const type = await value.maybe(2);
  const tensor = await type?.maybe(1);
  if (!tensor) {
    const kinds = new Map([
      [4, "sequence"],
      [5, "map"],
      [8, "sparse tensor"],
      [9, "optional"],
    ]);
    return { name, type: [...kinds].find(([number]) => (type?.all(number).length ?? 0) > 0)?.[1] ?? "unknown" };
  }
  const element = tensor.whole(1);
  const shape = await tensor.maybe(2);
  const dims = shape && (await inTurn(shape.all(1), async (field) => readDim(await shape.child(field))));
  return { name, type: typeName(element) ?? `type ${element}`, ...(dims && { shape: dims }) };
}

/** A negative size is a free one, as ONNX Runtime has it: some exporters write -1. */
async function readDim(dim: Message): Promise<number | string> {
  const size = dim.all(1).length > 0 ? dim.whole(1) : -1;
  return size >= 0 ? size : dim.text(2);
}

async function pairs(message: Message, number: number): Promise<Map<string, string>> {
  const map = new Map<string, string>();
  for (const field of message.all(number)) {
    const pair = await message.child(field);
    map.set(await pair.text(1), await pair.text(2));
  }
  return map;
}

/** One after the other: they share one window on the file. */
async function inTurn<T>(fields: readonly Field[], read: (field: Field) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (const field of fields) all.push(await read(field));
  return all;
}
