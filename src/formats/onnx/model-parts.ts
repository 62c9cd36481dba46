import { Message } from "./message.ts";
import type { Extent, Field, ProtobufFile } from "./protobuf.ts";

/** A model as fields that can be copied, with the names that say which of them belong together. */
export interface ModelParts {
  /** All but the graph, in their order. */
  readonly fields: readonly Field[];
  readonly irVersion: number;
  /** Of ONNX's own operators; undefined where the model imports none. */
  readonly opset: number | undefined;
  readonly graph: GraphParts;
}

export interface GraphParts {
  readonly extent: Extent;
  readonly nodes: readonly NodePart[];
  /** Initialisers, sparse ones too. */
  readonly tensors: readonly NamedPart[];
  /** Types of values between inputs and outputs. */
  readonly values: readonly NamedPart[];
  /** Of quantised tensors: the tensor's name, and those of the ones that hold its scale and zero point. */
  readonly annotations: readonly (NamedPart & { readonly needs: readonly string[] })[];
  /** All but these and the inputs and outputs, in their order. */
  readonly fields: readonly Field[];
}

export interface NamedPart {
  readonly name: string;
  readonly field: Field;
}

export interface NodePart {
  readonly field: Field;
  readonly name: string;
  readonly op: string;
  /** Values that it reads, those that graphs within it capture included; none of them empty. */
  readonly reads: readonly string[];
  readonly makes: readonly string[];
}

/** @throws MaskconError "weights" where bytes are no ONNX model, with their place */
export async function readParts(file: ProtobufFile): Promise<ModelParts> {
  const model = await Message.read(file, file.whole);
  const [graph] = model.all(7);
  if (!graph) return file.refuse(0, "an ONNX model with a graph", "none");
  let opset: number | undefined;
  for (const field of model.all(8)) {
    const one = await model.child(field);
    if (["", "ai.onnx"].includes(await one.text(1))) opset = one.whole(2);
  }
  const fields = model.fields.filter(({ number }) => number !== 7);
  return { fields, irVersion: model.whole(1), opset, graph: await readGraphParts(file, file.extent(graph)) };
}

async function readGraphParts(file: ProtobufFile, extent: Extent): Promise<GraphParts> {
  const graph = await Message.read(file, extent);
  const named = async (fields: readonly Field[], nameOf: (field: Field) => Promise<string>): Promise<NamedPart[]> => {
    const parts: NamedPart[] = [];
    for (const field of fields) parts.push({ name: await nameOf(field), field });
    return parts;
  };
  const nodes: NodePart[] = [];
  for (const field of graph.all(1)) nodes.push(await readNodePart(file, field));
  const annotations: { name: string; needs: string[]; field: Field }[] = [];
  for (const field of graph.all(14)) {
    const annotation = await graph.child(field);
    const needs: string[] = [];
    for (const pair of annotation.all(2)) needs.push(await (await annotation.child(pair)).text(2));
    annotations.push({ name: await annotation.text(1), needs, field });
  }
  return {
    ...{ extent, nodes, annotations },
    tensors: await named([...graph.all(5), ...graph.all(15)], (field) => tensorName(file, field)),
    values: await named(graph.all(13), async (field) => (await graph.child(field)).text(1)),
    fields: graph.fields.filter(({ number }) => !separate.has(number)),
  };
}

/** Fields of a `GraphProto`: nodes, initialisers, inputs, outputs, values, annotations. */
const separate = new Set([1, 5, 11, 12, 13, 14, 15]);

/** A sparse tensor is named as its values are. */
async function tensorName(file: ProtobufFile, field: Field): Promise<string> {
  const message = await Message.read(file, file.extent(field));
  return field.number === 5 ? message.text(8) : ((await message.maybe(1))?.text(8) ?? "");
}

async function readNodePart(file: ProtobufFile, field: Field): Promise<NodePart> {
  const node = await Message.read(file, file.extent(field));
  const reads = new Set(await node.texts(1));
  for (const graph of await graphsIn(node)) for (const name of await capturedBy(graph, MAX_DEPTH)) reads.add(name);
  reads.delete("");
  const makes = (await node.texts(2)).filter((name) => name !== "");
  return { field, name: await node.text(3), op: await node.text(4), reads: [...reads], makes };
}

/** As `readOnnx` takes. */
const MAX_DEPTH = 8;

async function graphsIn(node: Message): Promise<Message[]> {
  const graphs: Message[] = [];
  for (const field of node.all(5)) {
    const attribute = await node.child(field);
    for (const graph of [...attribute.all(6), ...attribute.all(11)]) graphs.push(await attribute.child(graph));
  }
  return graphs;
}

/** Names that a graph within a node reads and does not define. */
async function capturedBy(graph: Message, depth: number): Promise<Set<string>> {
  if (depth === 0) graph.file.refuse(graph.extent.offset, `graphs in at most ${MAX_DEPTH} others`, "more");
  const [read, own] = [new Set<string>(), new Set([""])];
  for (const field of [...graph.all(5), ...graph.all(15)]) own.add(await tensorName(graph.file, field));
  for (const field of graph.all(11)) own.add(await (await graph.child(field)).text(1));
  for (const field of graph.all(12)) read.add(await (await graph.child(field)).text(1));
  for (const field of graph.all(1)) {
    const node = await graph.child(field);
    for (const name of await node.texts(1)) read.add(name);
    for (const inner of await graphsIn(node)) for (const name of await capturedBy(inner, depth - 1)) read.add(name);
    for (const name of await node.texts(2)) own.add(name);
  }
  for (const name of own) read.delete(name);
  return read;
}
