import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fail, type Shape, sizeOf } from "../../core/index.ts";
import type { ByteRanges } from "../../formats/index.ts";
import {
  bytesOfPieces,
  MessagePieces,
  type ModelParts,
  type NodePart,
  type OnnxFile,
  ProtobufFile,
  RenamingCopy,
  tensorPiece,
  valueMessage,
} from "../../formats/onnx/index.ts";
import { FreshNames } from "../join/fresh-names.ts";
import { neededNodes } from "../join/needed-nodes.ts";

/** A graph without its weights: they are inputs, so ONNX Runtime cannot compute with them beforehand. */
export interface StripOptions {
  readonly ranges: ByteRanges;
  readonly model: OnnxFile;
  readonly parts: ModelParts;
  /** Weights that become inputs. */
  readonly weights: ReadonlyMap<string, Shape>;
  /** Values that become inputs, whatever makes them: the images, or the tensor at the cut. */
  readonly inputs: ReadonlyMap<string, Shape>;
  readonly output: string;
}

/** Bytes of the numbers that stay: masks, frozen statistics, what no gradient passes. */
const MAX_KEPT = 2 ** 28;
/** The first IR version whose initialisers need not be inputs. */
const FIRST_IR = 4;
/** Fields of a `GraphProto`. */
const [TENSOR, INPUT, OUTPUT] = [5, 11, 12];
/** Of a `ModelProto`: its IR version, the graph, and how it was trained. */
const replaced = new Set([1, 7, 20]);

/**
 * Writes the part of a model that makes one output, without its weights.
 * @param to path of the new file
 * @throws MaskconError "weights" where the part is no graph, or holds too many numbers besides its weights
 */
export async function writeStripped(o: StripOptions, to: string): Promise<void> {
  const { ranges, parts, inputs, weights } = o;
  const file = new ProtobufFile(ranges);
  const fresh = new FreshNames(allValues(parts));
  const cutBy = new Map([...inputs.keys()].map((name) => [name, fresh.take(`${name}/before`)]));
  const tensors = parts.graph.tensors.filter(({ name }) => !inputs.has(name) && !weights.has(name));
  const nodes = parts.graph.nodes.map((node) => ({ ...node, makes: node.makes.filter((name) => !inputs.has(name)) }));
  const originals = new Map(nodes.map((node, i) => [node as NodePart, parts.graph.nodes[i]!]));
  const given = [...new Set([...inputs.keys(), ...weights.keys()])];
  const needed = neededNodes(ranges.file, { ...parts.graph, tensors, nodes }, given, o.output);

  const graph = new MessagePieces();
  const copy = new RenamingCopy(file, new Map(), (extent) => extent);
  const uncut = new RenamingCopy(file, cutBy, (extent) => extent);
  for (const node of needed.nodes) {
    const isCut = node.makes.length < originals.get(node)!.makes.length;
    await (isCut ? uncut : copy).graphField(node.field, graph);
  }
  await writeTensors(o, new Set(tensors.filter(({ name }) => needed.names.has(name)).map(({ name }) => name)), graph);
  graph.text(2, "part");
  for (const [name, shape] of [...inputs, ...weights]) {
    if (needed.names.has(name)) graph.message(INPUT, valueMessage(name, shape));
  }
  graph.message(OUTPUT, valueMessage(o.output));
  const out = new MessagePieces().varint(1, Math.max(parts.irVersion, FIRST_IR)).message(7, graph);
  for (const field of parts.fields) if (!replaced.has(field.number)) copy.whole(field, out);
  await pipeline(Readable.from(bytesOfPieces(out.pieces, ranges.file, ranges.size)), createWriteStream(to));
}

/** Numbers in other files come into this one: it is written elsewhere. */
async function writeTensors({ ranges, model, parts }: StripOptions, kept: ReadonlySet<string>, graph: MessagePieces) {
  const copy = new RenamingCopy(new ProtobufFile(ranges), new Map(), (extent) => extent);
  const byName = new Map(model.graph.tensors.map((tensor) => [tensor.name, tensor]));
  let bytes = 0;
  for (const { name, field } of parts.graph.tensors) {
    if (!kept.has(name)) continue;
    const tensor = byName.get(name);
    bytes += tensor ? 8 * sizeOf(tensor.shape) : field.end - field.offset;
    if (bytes > MAX_KEPT) {
      const found = "more";
      fail("weights", {
        where: ranges.file,
        expected: `at most ${MAX_KEPT} bytes of numbers besides its weights`,
        found,
      });
    }
    if (tensor && "external" in tensor.data) graph.message(TENSOR, await tensorPiece(ranges, tensor));
    else await copy.graphField(field, graph);
  }
}

function allValues({ graph: { nodes, tensors } }: ModelParts): string[] {
  return [...nodes.flatMap(({ reads, makes }) => [...reads, ...makes]), ...tensors.map(({ name }) => name)];
}
