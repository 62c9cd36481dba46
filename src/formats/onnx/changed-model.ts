import { sizeOf } from "../../core/index.ts";
import { Message } from "./message.ts";
import { MessagePieces } from "./message-pieces.ts";
import type { OnnxFileTensor } from "./onnx-model.ts";
import type { Extent, Field, ProtobufFile } from "./protobuf.ts";
import { readTensor } from "./read-tensor.ts";
import { tensorMessage } from "./write-parts.ts";

/** What is to be another in the copy of a model. */
export interface ModelChanges {
  /** New numbers of initialisers of float32, by their names. */
  readonly numbers?: ReadonlyMap<string, Float32Array>;
  /** A part of the graph in place of the whole. */
  readonly part?: {
    /** In their order: the model's own, or fields of a graph that stand for them. */
    readonly nodes: readonly (Field | MessagePieces)[];
    /** Initialisers of other names are left out. */
    readonly names: ReadonlySet<string>;
    /** The only outputs: `ValueInfoProto`. */
    readonly outputs: readonly MessagePieces[];
    /** In place of the input of that name. Types of values between are left out: they may not hold for it. */
    readonly input?: { readonly name: string; readonly value: MessagePieces };
    /** Further initialisers: `TensorProto`. */
    readonly tensors?: readonly MessagePieces[];
  };
}

/** Of a `ModelProto`. */
const GRAPH = 7;
/** Of a `GraphProto`. */
const [NODE, TENSOR, INPUT, OUTPUT, VALUE] = [1, 5, 11, 12, 13];

/**
 * A model with some changes; all else is copied as it is. New numbers stand in the model itself, wherever the old ones did.
 * @throws MaskconError "weights" where an initialiser that is to change is missing, or of another size
 */
export async function changedModel(file: ProtobufFile, changes: ModelChanges): Promise<MessagePieces> {
  const model = await Message.read(file, file.whole);
  const out = new MessagePieces();
  for (const field of model.fields) {
    if (field.number === GRAPH) out.message(GRAPH, await changedGraph(file, file.extent(field), changes));
    else out.add(placeOf(field));
  }
  return out;
}

async function changedGraph(file: ProtobufFile, extent: Extent, { numbers = new Map(), part }: ModelChanges) {
  const graph = await Message.read(file, extent);
  const out = new MessagePieces();
  for (const node of part?.nodes ?? graph.all(NODE)) {
    for (const piece of node instanceof MessagePieces ? node.pieces : [placeOf(node)]) out.add(piece);
  }
  const changed = new Set<string>();
  for (const field of graph.fields) {
    if (field.number === NODE || (part && field.number === OUTPUT)) continue;
    if (part?.input && field.number === VALUE) continue;
    if (part?.input && field.number === INPUT && (await (await graph.child(field)).text(1)) === part.input.name) {
      out.message(INPUT, part.input.value);
      continue;
    }
    const tensor = field.number === TENSOR ? await readTensor(await graph.child(field)) : undefined;
    if (tensor && part && !part.names.has(tensor.name)) continue;
    const data = tensor && numbers.get(tensor.name);
    if (data) {
      out.message(TENSOR, replacement(file, field, tensor, data));
      changed.add(tensor.name);
    } else out.add(placeOf(field));
  }
  const missing = [...numbers.keys()].find((name) => !changed.has(name));
  if (missing !== undefined) file.refuse(extent.offset, `an initialiser ${JSON.stringify(missing)}`, "none");
  for (const tensor of part?.tensors ?? []) out.message(TENSOR, tensor);
  for (const output of part?.outputs ?? []) out.message(OUTPUT, output);
  return out;
}

function replacement(file: ProtobufFile, field: Field, { name, type, shape }: OnnxFileTensor, data: Float32Array) {
  if (type !== "float32" || sizeOf(shape) !== data.length) {
    const expected = `${data.length} numbers of float32 in the tensor ${JSON.stringify(name.slice(0, 100))}`;
    file.refuse(field.offset, expected, `${type} [${shape.join(", ")}]`);
  }
  return tensorMessage(name, shape, data);
}

const placeOf = ({ offset, end }: Field): Extent => ({ offset, length: end - offset });
