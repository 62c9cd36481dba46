import type { ByteRanges } from "../../formats/index.ts";
import {
  allNames,
  MessagePieces,
  type ModelParts,
  nodeMessage,
  ProtobufFile,
  RenamingCopy,
  valueMessage,
} from "../../formats/onnx/index.ts";
import type { ForeignModel } from "../foreign-model.ts";
import type { Pooling } from "../pooling.ts";
import { afterTrunk, type Between, beforeTrunk } from "./between.ts";
import { FreshNames } from "./fresh-names.ts";
import { type Head, writeHead } from "./head.ts";
import { checkSize } from "./joinable.ts";
import type { Needed } from "./needed-nodes.ts";

export interface AssembleOptions {
  readonly model: ForeignModel;
  readonly parts: ModelParts;
  readonly needed: Needed;
  readonly ranges: ByteRanges;
  readonly head: Head;
  /** Of the foreign model's output. */
  readonly shape: readonly number[];
  readonly pooling: Pooling | undefined;
  readonly imageSize: number;
  readonly inputName: string;
  readonly outputName: string;
  readonly doc: string;
  readonly producer: { readonly name: string; readonly version: string };
}

export type Assembled = Pick<MessagePieces, "pieces" | "length">;

/** The first IR version whose initialisers need not be inputs. */
const FIRST_IR = 4;
/** Fields of a `GraphProto`. */
const [NODE, TENSOR, INPUT, OUTPUT] = [1, 5, 11, 12];

/**
 * The joined model. Fields of the foreign one that are not known here are copied.
 * @throws MaskconError "weights" where the file would be too large
 */
export async function assemble(o: AssembleOptions): Promise<Assembled> {
  const opset = o.parts.opset ?? o.head.parts.opset!;
  const plan = await planNames(o, opset);
  const graph = new MessagePieces();
  await writeGraph(graph, o, plan, opset);
  const out = new MessagePieces().varint(1, Math.max(o.parts.irVersion, FIRST_IR));
  out.text(2, o.producer.name).text(3, o.producer.version).text(6, o.doc).message(7, graph);
  if (o.parts.opset === undefined) out.message(8, new MessagePieces().text(1, "").varint(2, opset));
  for (const field of o.parts.fields) if (!replaced.has(field.number)) plan.trunk.whole(field, out);
  checkSize(o.model.file, out.length);
  return out;
}

/** Of a `ModelProto`: version, producer, domain, its own version, doc string, and how it was trained. */
const replaced = new Set([1, 2, 3, 4, 5, 6, 20]);

interface Plan {
  readonly before: Between;
  readonly after: Between;
  readonly trunk: RenamingCopy;
  readonly names: FreshNames;
}

/** Values of the foreign model keep their names unless they are those of the joined model's input and output. */
async function planNames({ model, parts, ranges, ...o }: AssembleOptions, opset: number): Promise<Plan> {
  const taken = await allNames(new ProtobufFile(ranges), parts.graph.extent);
  const names = new FreshNames([...taken, ...parts.graph.nodes.map(({ name }) => name), o.inputName, o.outputName]);
  const renamed = new Map<string, string>();
  for (const name of [o.inputName, o.outputName]) if (taken.has(name)) renamed.set(name, names.take(name));
  const before = beforeTrunk(model.input, o.inputName, names);
  renamed.set(model.input.name, before.result);
  const output = { ...model.output, name: renamed.get(model.output.name) ?? model.output.name };
  const { type } = model.model.graph.outputs.find(({ name }) => name === model.output.name)!;
  const after = afterTrunk(output, { ...o, type, opset }, names);
  const trunk = new RenamingCopy(new ProtobufFile(ranges), renamed, (extent) => extent);
  return { before, after, names, trunk };
}

async function writeGraph(
  out: MessagePieces,
  o: AssembleOptions,
  { before, after, trunk, names }: Plan,
  opset: number,
) {
  const { parts, needed, imageSize: s } = o;
  const { batch } = o.model.input;
  for (const node of before.nodes) out.message(NODE, nodeMessage(node));
  for (const { field } of needed.nodes) await trunk.graphField(field, out);
  for (const node of after.nodes) out.message(NODE, nodeMessage(node));
  const { tensors, values, annotations, fields } = parts.graph;
  for (const { name, field } of [...tensors, ...annotations]) {
    if (needed.names.has(name)) await trunk.graphField(field, out);
  }
  for (const tensor of after.tensors) out.message(TENSOR, tensor);
  await writeHead(
    o.head,
    { input: after.result, output: o.outputName, opset, withValues: batch === undefined },
    names,
    out,
  );
  const n = batch ?? "batch";
  out.message(INPUT, valueMessage(o.inputName, [n, 3, s, s]));
  out.message(OUTPUT, valueMessage(o.outputName, [n, o.head.outputDim]));
  for (const field of fields) trunk.whole(field, out);
  for (const { name, field } of values) {
    if (needed.names.has(name) && name !== o.model.input.name) await trunk.graphField(field, out);
  }
}
