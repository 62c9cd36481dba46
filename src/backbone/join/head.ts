import { fail } from "../../core/index.ts";
import {
  allNames,
  type MessagePieces,
  type ModelParts,
  type OnnxFileNode,
  ProtobufFile,
  RenamingCopy,
  readOnnx,
  readParts,
  tensorMessage,
} from "../../formats/onnx/index.ts";
import type { FreshNames } from "./fresh-names.ts";

/** A small model of this package that is put behind a foreign one. */
export interface Head {
  readonly bytes: Uint8Array;
  readonly file: ProtobufFile;
  readonly parts: ModelParts;
  /** Those of `parts`. */
  readonly nodes: readonly OnnxFileNode[];
  /** Every name of a value in it. */
  readonly names: ReadonlySet<string>;
  readonly input: string;
  readonly output: string;
  /** Numbers in a row of its input, and of its output. */
  readonly inputDim: number;
  readonly outputDim: number;
}

/** Operators that compute the same of float32 in every operator set from 7 on; of Gemm see `writeHead`. */
const plainOperators = new Set(["Add", "Sub", "Mul", "MatMul", "Gemm", "Relu", "Identity"]);

/** @throws MaskconError "engine" where it is no such model */
export async function readHead(bytes: Uint8Array): Promise<Head> {
  const read = async (offset: number, length: number) => bytes.slice(offset, offset + length);
  const file = new ProtobufFile({ file: "the head", size: bytes.length, read });
  const parts = await readParts(file);
  const { graph } = await readOnnx({ file: "the head", size: bytes.length, read });
  const other = graph.nodes.find(({ op, domain }) => domain !== "" || !plainOperators.has(op));
  if (other) refuse(`operators ${[...plainOperators].join(", ")}`, other.op);
  const [[input, ...inputs], [output, ...outputs]] = [graph.inputs, graph.outputs];
  const [inputDim, outputDim] = [input?.shape?.[1], output?.shape?.[1]];
  if (inputs.length + outputs.length > 0 || typeof inputDim !== "number" || typeof outputDim !== "number") {
    return refuse("one input [N, F] and one output [N, P]", `${graph.inputs.length} and ${graph.outputs.length}`);
  }
  if (input!.name === output!.name) refuse("two names", `"${input!.name}" twice`);
  return {
    ...{ bytes, file, parts, nodes: graph.nodes, inputDim, outputDim, input: input!.name, output: output!.name },
    names: await allNames(file, parts.graph.extent),
  };
}

const refuse = (expected: string, found: string): never => fail("engine", { where: "the head", expected, found });

/** The first operator set whose Gemm may leave out its third input. */
const GEMM_OF_TWO = 11;

/**
 * Appends the head's nodes, initialisers and values to a graph.
 * @param input the value that takes the place of its input
 * @param opset of the graph, 7 or later
 */
export async function writeHead(
  { file, bytes, parts, nodes, ...head }: Head,
  o: { readonly input: string; readonly output: string; readonly opset: number; readonly withValues: boolean },
  names: FreshNames,
  out: MessagePieces,
): Promise<void> {
  const renamed = new Map([
    [head.input, o.input],
    [head.output, o.output],
  ]);
  for (const name of head.names) if (name !== "" && !renamed.has(name)) renamed.set(name, names.take(name));
  const copy = new RenamingCopy(file, renamed, ({ offset, length }) => bytes.subarray(offset, offset + length));
  let zero: string | undefined;
  for (const [i, { field }] of parts.graph.nodes.entries()) {
    const { op, name, inputs } = nodes[i]!;
    const isShort = op === "Gemm" && inputs.length === 2 && o.opset < GEMM_OF_TWO;
    if (isShort) zero ??= names.take("join/zero");
    await copy.node(field, names.take(name || op), isShort ? [zero!] : [], out);
  }
  if (zero !== undefined) out.message(TENSOR, tensorMessage(zero, [1], Float32Array.of(0)));
  for (const { field } of parts.graph.tensors) await copy.graphField(field, out);
  if (o.withValues) for (const { field } of parts.graph.values) await copy.graphField(field, out);
}

/** Of a `GraphProto`. */
const TENSOR = 5;
