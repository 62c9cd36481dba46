import {
  dataTypes,
  IR_VERSION,
  type OnnxAttribute,
  type OnnxInput,
  type OnnxModelToWrite,
  type OnnxNode,
  type OnnxTensor,
} from "./model.ts";
import { MessageWriter } from "./wire.ts";

/** Serialises a model as an ONNX ModelProto (field numbers of onnx.proto). */
export function writeModel(model: OnnxModelToWrite): Uint8Array {
  const graph = new MessageWriter();
  for (const node of model.nodes) graph.message(1, nodeProto(node));
  graph.string(2, "maskcon");
  for (const tensor of model.initializers) graph.message(5, tensorProto(tensor));
  for (const value of model.inputs) graph.message(11, valueProto(value));
  for (const value of model.outputs) graph.message(12, valueProto(value));
  for (const value of model.values ?? []) graph.message(13, valueProto(value));

  const proto = new MessageWriter().varint(1, IR_VERSION).string(2, "maskcon");
  if (model.producerVersion !== undefined) proto.string(3, model.producerVersion);
  if (model.doc !== undefined) proto.string(6, model.doc);
  proto.message(7, graph);
  for (const [domain, version] of Object.entries(model.opsets)) {
    proto.message(8, new MessageWriter().string(1, domain).varint(2, version));
  }
  for (const [key, value] of Object.entries(model.metadata ?? {})) {
    proto.message(14, new MessageWriter().string(1, key).string(2, value));
  }
  return proto.concat();
}

function nodeProto(node: OnnxNode): MessageWriter {
  const proto = new MessageWriter();
  for (const name of node.inputs) proto.string(1, name);
  for (const name of node.outputs) proto.string(2, name);
  proto.string(3, node.name).string(4, node.op);
  for (const [name, attribute] of Object.entries(node.attributes)) proto.message(5, attributeProto(name, attribute));
  return node.domain === "" ? proto : proto.string(7, node.domain);
}

function attributeProto(name: string, attribute: OnnxAttribute): MessageWriter {
  const proto = new MessageWriter().string(1, name);
  if ("float" in attribute) return proto.float(2, attribute.float).varint(20, 1);
  if ("int" in attribute) return proto.varint(3, attribute.int).varint(20, 2);
  if ("string" in attribute) return proto.string(4, attribute.string).varint(20, 3);
  if ("floats" in attribute) {
    for (const value of attribute.floats) proto.float(7, value);
    return proto.varint(20, 6);
  }
  for (const value of attribute.ints) proto.varint(8, value);
  return proto.varint(20, 7);
}

function tensorProto(tensor: OnnxTensor): MessageWriter {
  const proto = new MessageWriter();
  for (const n of tensor.shape) proto.varint(1, n);
  return proto.varint(2, dataTypes[tensor.dtype]).string(8, tensor.name).bytes(9, tensor.bytes);
}

function valueProto(value: OnnxInput): MessageWriter {
  const tensorType = new MessageWriter().varint(1, dataTypes[value.dtype]);
  if (value.shape) tensorType.message(2, shapeProto(value.shape));
  return new MessageWriter().string(1, value.name).message(2, new MessageWriter().message(1, tensorType));
}

function shapeProto(shape: readonly (number | string)[]): MessageWriter {
  const proto = new MessageWriter();
  for (const n of shape) {
    proto.message(1, typeof n === "number" ? new MessageWriter().varint(1, n) : new MessageWriter().string(2, n));
  }
  return proto;
}
