import { fail } from "../../core/index.ts";
import type { OnnxModel, OnnxNode, OnnxTensor } from "../onnx/index.ts";
import { bytesOf } from "./emitter.ts";

/** The graph has the batch in something else than lengths: a model of it would be right for one batch alone. */
export function refuseBatch(where: string, found: string): never {
  fail("engine", { where, expected: "a graph in which the batch decides lengths of tensors alone", found });
}

/** Rewrites the nodes of a model so that they serve any batch, by comparison with the same model of a larger batch. */
export class FreeTargets {
  /** Constants of the rewritten nodes. */
  readonly added: OnnxTensor[] = [];
  readonly #small: ReadonlyMap<string, OnnxTensor>;
  readonly #large: ReadonlyMap<string, OnnxTensor>;
  /** Lengths of tensors with the small batch, where they are known. */
  readonly #lengths: ReadonlyMap<string, readonly (number | string)[]>;
  readonly #input: string;
  readonly #batch: number | string | undefined;
  #hasBatch = false;

  /** `input` names a graph input whose first dimension is the batch. */
  constructor(small: OnnxModel, large: OnnxModel, input: string) {
    const byName = ({ initializers }: OnnxModel) => new Map(initializers.map((tensor) => [tensor.name, tensor]));
    [this.#small, this.#large] = [byName(small), byName(large)];
    this.#lengths = new Map([...small.inputs, ...(small.values ?? [])].map(({ name, shape }) => [name, shape]));
    this.#input = input;
    this.#batch = this.#lengths.get(input)?.[0];
  }

  /** The nodes that take the place of one; `twin` is the same node in the model of the larger batch. */
  free(node: OnnxNode, twin: OnnxNode): OnnxNode[] {
    if (described(node) !== described(twin)) refuseBatch(node.name, "another node for another batch");
    const before: OnnxNode[] = [];
    const inputs = node.inputs.map((name, i) => {
      const [own, other] = [this.#small.get(name), this.#large.get(twin.inputs[i]!)];
      if (own === undefined ? name === twin.inputs[i] : other !== undefined && sameTensor(own, other)) return name;
      const target = i === 1 && (node.op === "Reshape" || node.op === "Expand");
      if (!target || !own || !other || own.shape[0] !== other.shape[0]) {
        refuseBatch(node.name, `a constant for one batch in ${node.op}`);
      }
      const [lengths, larger] = [integersOf(own), integersOf(other)];
      const free = lengths.flatMap((n, axis) => (n === larger[axis] ? [] : [axis]));
      if (free.length > 1) refuseBatch(node.name, "a batch along two axes");
      return node.op === "Reshape"
        ? this.#constant(`${node.name}/shape`, replaced(lengths, free[0]!, -1))
        : this.#expansion(node, lengths, free[0]!, before);
    });
    return [...before, { ...node, inputs }];
  }

  /** The target of an expansion: 1 where the tensor has the batch already, else the batch that the model is run with. */
  #expansion({ name, inputs }: OnnxNode, lengths: readonly number[], axis: number, before: OnnxNode[]): string {
    const source = this.#lengths.get(inputs[0]!) ?? [];
    if (source[axis - lengths.length + source.length] === lengths[axis]) {
      return this.#constant(`${name}/shape`, replaced(lengths, axis, 1));
    }
    if (lengths[axis] !== this.#batch) refuseBatch(name, "an expansion to several entries an image");
    const node = (op: string, label: string, from: readonly string[], attributes: OnnxNode["attributes"] = {}) => {
      before.push({ op, domain: "", name: label, inputs: from, outputs: [label], attributes });
      return label;
    };
    const batch = "batch/Slice";
    if (!this.#hasBatch) {
      const range = [0, 1, 0].map((n, i) => this.#constant(`batch/constant.${i}`, [n]));
      node("Slice", batch, [node("Shape", "batch/Shape", [this.#input]), ...range]);
      this.#hasBatch = true;
    }
    const parts = [lengths.slice(0, axis), lengths.slice(axis + 1)].map((part, i) =>
      part.length === 0 ? [] : [this.#constant(`${name}/shape.${i}`, part)],
    );
    return node("Concat", `${name}/shape`, [...parts[0]!, batch, ...parts[1]!], { axis: { int: 0 } });
  }

  #constant(name: string, values: readonly number[]): string {
    const bytes = bytesOf(BigInt64Array.from(values, BigInt));
    this.added.push({ name, dtype: "int64", shape: [values.length], bytes });
    return name;
  }
}

const replaced = (lengths: readonly number[], axis: number, length: number): number[] =>
  lengths.map((n, i) => (i === axis ? length : n));

const integersOf = ({ bytes }: OnnxTensor): number[] => Array.from(new BigInt64Array(bytes.slice().buffer), Number);

const described = ({ op, domain, name, outputs, attributes, inputs }: OnnxNode): string =>
  JSON.stringify([op, domain, name, outputs, attributes, inputs.length]);

function sameTensor(a: OnnxTensor, b: OnnxTensor): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join() || a.bytes.length !== b.bytes.length) return false;
  const isOneArray = a.bytes.buffer === b.bytes.buffer && a.bytes.byteOffset === b.bytes.byteOffset;
  return isOneArray || a.bytes.every((byte, i) => byte === b.bytes[i]);
}
