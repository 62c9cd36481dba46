import type { Extent } from "./protobuf.ts";

/** What an ONNX file holds; the numbers of its tensors stay on disk. */
export interface OnnxFile {
  readonly irVersion: number;
  /** Name and version of the program that wrote it. */
  readonly producer: string;
  /** Operator set versions by domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly metadata: ReadonlyMap<string, string>;
  /** Names of the operators that the file defines by others. */
  readonly functions: readonly string[];
  readonly graph: OnnxFileGraph;
  /** Tensors with numbers in other files, wherever the file has them: in functions and sparse tensors, too. */
  readonly external: readonly OnnxFileTensor[];
}

export interface OnnxFileGraph {
  readonly nodes: readonly OnnxFileNode[];
  readonly tensors: readonly OnnxFileTensor[];
  readonly inputs: readonly OnnxFileValue[];
  readonly outputs: readonly OnnxFileValue[];
}

export interface OnnxFileNode {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  /** An empty name is an absent optional input. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxFileAttribute>;
}

/** `other` names a kind of attribute whose value is not read. */
export type OnnxFileAttribute =
  | { readonly float: number }
  | { readonly int: bigint }
  | { readonly string: string }
  | { readonly floats: readonly number[] }
  | { readonly ints: readonly bigint[] }
  | { readonly strings: readonly string[] }
  | { readonly tensor: OnnxFileTensor }
  | { readonly graph: OnnxFileGraph }
  | { readonly other: string };

export interface OnnxFileTensor {
  readonly name: string;
  /** ONNX's name of the element type: `float32`, `int8`. */
  readonly type: string;
  readonly shape: readonly number[];
  readonly data: OnnxFileData;
}

/**
 * Where a tensor's numbers lie: as bytes in the file, as a list of typed numbers there (how many are not known before it is
 * read), in another file, or nowhere, which an empty tensor may have.
 */
export type OnnxFileData =
  | { readonly raw: Extent }
  | { readonly typed: readonly (Extent | TypedNumber)[] }
  | { readonly external: ExternalData }
  | { readonly none: true };

/** One number of a list that is not packed: its bits, or a whole number. */
export interface TypedNumber {
  readonly value: bigint;
  readonly bits?: 32 | 64;
}

export interface ExternalData {
  /** As the file says, relative to its folder. */
  readonly location: string;
  readonly offset: number;
  /** In bytes; absent: to the end of that file. */
  readonly length?: number;
}

export interface OnnxFileValue {
  readonly name: string;
  /** Of a tensor its element type; of anything else what it is: `sequence`. */
  readonly type: string;
  /** A string names a free dimension, "" one without a name. Absent where the rank is unknown. */
  readonly shape?: readonly (number | string)[];
}
