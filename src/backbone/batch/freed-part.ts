import {
  allNames,
  type Field,
  type GraphParts,
  MessagePieces,
  type ModelChanges,
  type NewNode,
  nodeMessage,
  type OnnxFileNode,
  type OnnxFileValue,
  type ProtobufFile,
  RenamingCopy,
  tensorMessage,
  valueMessage,
} from "../../formats/onnx/index.ts";
import type { ForeignModel } from "../foreign-model.ts";
import { FreshNames } from "../join/fresh-names.ts";
import type { Needed } from "../join/needed-nodes.ts";
import type { Edit } from "./rules.ts";

/** Field of a `GraphProto`. */
const NODE = 1;
const BATCH = "batch";

/** The nodes that make the features, edited so that the batch is free. */
export async function freedPart(
  file: ProtobufFile,
  { model, input, output }: ForeignModel,
  parts: GraphParts,
  { nodes: needed, names }: Needed,
  edits: ReadonlyMap<OnnxFileNode, readonly Edit[]>,
): Promise<ModelChanges> {
  const fresh = new FreshNames(await allNames(file, parts.extent));
  const more = new More(input.name, input.batch!, fresh);
  const byPart = new Map(parts.nodes.map((part, i) => [part, model.graph.nodes[i]!]));
  const nodes: (Field | MessagePieces)[] = [];
  for (const part of needed) {
    const node = byPart.get(part)!;
    const renamed = new Map<string, string>();
    let whole: NewNode | undefined;
    for (const edit of edits.get(node) ?? []) {
      if ("reshaped" in edit) whole = more.reshape(node, edit.reshaped);
      else renamed.set(node.inputs[edit.input]!, more.replacement(node, edit));
    }
    for (const one of more.takeNodes()) nodes.push(nodeField(one));
    if (whole) nodes.push(nodeField(whole));
    else if (renamed.size === 0) nodes.push(part.field);
    else {
      const copy = new MessagePieces();
      await new RenamingCopy(file, renamed, (extent) => extent).graphField(part.field, copy);
      nodes.push(copy);
    }
  }
  const freed = (values: readonly OnnxFileValue[], name: string) => {
    const { type, shape } = values.find((value) => value.name === name)!;
    return valueMessage(name, [BATCH, ...shape!.slice(1)], type);
  };
  return {
    part: {
      ...{ nodes, names, tensors: more.tensors },
      input: { name: input.name, value: freed(model.graph.inputs, input.name) },
      outputs: [freed(model.graph.outputs, output.name)],
    },
  };
}

const nodeField = (node: NewNode): MessagePieces => new MessagePieces().message(NODE, nodeMessage(node));

/** Nodes and initialisers that edits need. */
class More {
  readonly tensors: MessagePieces[] = [];
  readonly #input: string;
  readonly #batch: number;
  readonly #names: FreshNames;
  #nodes: NewNode[] = [];
  #count: string | undefined;

  constructor(input: string, batch: number, names: FreshNames) {
    this.#input = input;
    this.#batch = batch;
    this.#names = names;
  }

  /** Those since the last call. */
  takeNodes(): readonly NewNode[] {
    const nodes = this.#nodes;
    this.#nodes = [];
    return nodes;
  }

  /** The name of what stands in the place of an input. */
  replacement(node: OnnxFileNode, edit: Exclude<Edit, { reshaped: readonly number[] }>): string {
    if ("sizes" in edit) return this.#sizes(edit.sizes);
    return this.#spread(node.inputs[edit.input]!, edit);
  }

  reshape({ name, inputs, outputs }: OnnxFileNode, sizes: readonly number[]): NewNode {
    return { op: "Reshape", name, inputs: [inputs[0]!, this.#integers(sizes)], outputs };
  }

  #sizes(sizes: readonly (number | "images")[]): string {
    const at = sizes.indexOf("images");
    const plain = (some: typeof sizes) => this.#integers(some.map(Number));
    if (at < 0) return plain(sizes);
    const ends = [sizes.slice(0, at), sizes.slice(at + 1)];
    const [before, after] = ends.map((some) => (some.length > 0 ? [plain(some)] : []));
    return this.#add("Concat", [...before!, this.#imageCount(), ...after!], { axis: 0 });
  }

  /** One of several that are the same; for each image where it is repeated. */
  #spread(name: string, { axis, rank, repeat }: Extract<Edit, { axis: number }>): string {
    const one = this.#batch === 1 ? name : this.#add("Gather", [name, this.#integers([0])], { axis });
    if (!repeat) return one;
    const shape = Array.from({ length: rank }, (_, i) => (i === axis ? "images" : 1));
    return this.#add("Expand", [one, this.#sizes(shape)]);
  }

  #imageCount(): string {
    this.#count ??= this.#add("Gather", [this.#add("Shape", [this.#input]), this.#integers([0])], { axis: 0 });
    return this.#count;
  }

  #integers(values: readonly number[]): string {
    const name = this.#names.take("batch/sizes");
    this.tensors.push(tensorMessage(name, [values.length], BigInt64Array.from(values, BigInt)));
    return name;
  }

  #add(op: string, inputs: readonly string[], attributes: NewNode["attributes"] = {}): string {
    const name = this.#names.take(`batch/${op}`);
    this.#nodes.push({ op, name, inputs, outputs: [name], attributes });
    return name;
  }
}
