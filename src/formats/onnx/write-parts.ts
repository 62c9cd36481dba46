import { typeNumber } from "./data-types.ts";
import { MessagePieces } from "./message-pieces.ts";

/** A node to write: operators of ONNX itself, attributes that are whole numbers. */
export interface NewNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

/** `AttributeProto.AttributeType` */
const [INT, INTS] = [2, 7];
/** `TensorProto.DataType` */
const [FLOAT32, INT64] = [1, 7];

export function nodeMessage({ op, name, inputs, outputs, attributes = {} }: NewNode): MessagePieces {
  const node = new MessagePieces();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name).text(4, op);
  for (const [key, value] of Object.entries(attributes)) {
    const attribute = new MessagePieces().text(1, key);
    if (typeof value === "number") attribute.varint(3, value).varint(20, INT);
    else {
      for (const one of value) attribute.varint(8, one);
      attribute.varint(20, INTS);
    }
    node.message(5, attribute);
  }
  return node;
}

/** An initialiser. */
export function tensorMessage(name: string, shape: readonly number[], data: Float32Array | BigInt64Array) {
  const tensor = new MessagePieces();
  for (const size of shape) tensor.varint(1, size);
  tensor.varint(2, data instanceof Float32Array ? FLOAT32 : INT64);
  return tensor.text(8, name).bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** An output whose type ONNX Runtime works out. */
export const untypedMessage = (name: string): MessagePieces => new MessagePieces().text(1, name);

/** An input or output; a text names a free dimension. Without a shape its rank is left open. */
export function valueMessage(name: string, shape?: readonly (number | string)[], type = "float32"): MessagePieces {
  const tensor = new MessagePieces().varint(1, typeNumber(type));
  if (shape) {
    const dims = new MessagePieces();
    for (const size of shape) {
      const dim = new MessagePieces();
      dims.message(1, typeof size === "number" ? dim.varint(1, size) : dim.text(2, size));
    }
    tensor.message(2, dims);
  }
  return new MessagePieces().text(1, name).message(2, new MessagePieces().message(1, tensor));
}
