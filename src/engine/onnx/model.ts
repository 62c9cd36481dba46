/** The parts of an ONNX ModelProto this package writes and reads. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** Operator set versions by domain; "" is ONNX's own. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Types of tensors between inputs and outputs, for tools that do not infer shapes. */
  readonly values?: readonly OnnxValue[];
  /** What the model is, for people. */
  readonly doc?: string;
  /** The version of this package. */
  readonly producerVersion?: string;
}

export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  /** An empty name is an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export type OnnxAttribute =
  | { readonly int: number }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] };

export type OnnxDType = "float32" | "int32" | "int64" | "bool";

/** Little-endian raw tensor bytes. */
export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxDType;
  /** A string names a free dimension. */
  readonly shape: readonly (number | string)[];
}

/** A model to be written. Not even the number of an input's dimensions has to be known. */
export interface OnnxModelToWrite extends Omit<OnnxModel, "inputs"> {
  readonly inputs: readonly OnnxInput[];
}

export type OnnxInput = Omit<OnnxValue, "shape"> & Partial<OnnxValue>;

/** TensorProto.DataType */
export const dataTypes: Readonly<Record<OnnxDType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9 };

/**
 * Version of the file format: the one that belongs to operator set 14, the oldest that is written. The parts used here
 * are older still.
 */
export const IR_VERSION = 7;
