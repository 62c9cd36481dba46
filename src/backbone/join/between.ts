import { type MessagePieces, type NewNode, tensorMessage } from "../../formats/onnx/index.ts";
import type { FeatureOutput } from "../feature-output.ts";
import type { ImageInput } from "../image-input.ts";
import { firstPatch, type Pooling, placesOf } from "../pooling.ts";
import type { FreshNames } from "./fresh-names.ts";

/** Nodes that stand between two models, with their initialisers. */
export interface Between {
  readonly nodes: readonly NewNode[];
  readonly tensors: readonly MessagePieces[];
  /** The value that the last of them makes; the one they were given where there are none. */
  readonly result: string;
}

/** `TensorProto.DataType` */
const [FLOAT32, FLOAT16] = [1, 10];
/** From these operator sets on axes are an input, not an attribute. */
const [SLICE_INPUTS, REDUCE_INPUTS] = [10, 18];

/** From images of float32 [N, 3, S, S] to what a foreign model takes. */
export function beforeTrunk({ type, layout }: ImageInput, images: string, names: FreshNames): Between {
  const chain = new Chain(images, names);
  if (type === "float16") chain.add("Cast", [], { to: FLOAT16 });
  if (layout === "NHWC") chain.add("Transpose", [], { perm: [0, 2, 3, 1] });
  return chain;
}

/**
 * From a foreign model's output to features of float32 [N, F], as `poolFeatures` computes them.
 * @param opset of ONNX's own operators, 7 or later
 */
export function afterTrunk(
  { name, kind }: FeatureOutput,
  o: { type: string; shape: readonly number[]; pooling: Pooling | undefined; opset: number },
  names: FreshNames,
): Between {
  const chain = new Chain(name, names);
  // First to float32: a mean in float16 would lose digits.
  if (o.type === "float16") chain.add("Cast", [], { to: FLOAT32 });
  if (kind === "map") chain.mean(placesOf(o.shape), o.opset);
  if (kind === "tokens") poolTokens(chain, o.shape[1]!, o.pooling!, o.opset);
  return chain;
}

function poolTokens(chain: Chain, tokens: number, pooling: Pooling, opset: number): void {
  const all = chain.result;
  const cls = pooling === "mean" ? undefined : chain.add("Gather", [chain.integers("first", [], [0])], { axis: 1 });
  if (pooling === "cls") return;
  chain.result = all;
  const first = firstPatch(tokens);
  if (first > 0 && opset < SLICE_INPUTS) chain.add("Slice", [], { starts: [first], ends: [tokens], axes: [1] });
  else if (first > 0) {
    const bounds = { starts: first, ends: tokens, axes: 1 };
    chain.add(
      "Slice",
      Object.entries(bounds).map(([name, value]) => chain.integers(name, [1], [value])),
    );
  }
  chain.mean([1], opset);
  if (cls !== undefined) chain.join(cls, chain.result);
}

/** Nodes of which each reads what the one before it made. */
class Chain implements Between {
  readonly nodes: NewNode[] = [];
  readonly tensors: MessagePieces[] = [];
  result: string;
  readonly #names: FreshNames;

  constructor(start: string, names: FreshNames) {
    this.result = start;
    this.#names = names;
  }

  add(op: string, more: readonly string[], attributes: NewNode["attributes"] = {}): string {
    return this.#push(op, [this.result, ...more], attributes);
  }

  join(...inputs: string[]): string {
    return this.#push("Concat", inputs, { axis: 1 });
  }

  mean(axes: readonly number[], opset: number): string {
    if (opset < REDUCE_INPUTS) return this.add("ReduceMean", [], { axes, keepdims: 0 });
    return this.add("ReduceMean", [this.integers("axes", [axes.length], axes)], { keepdims: 0 });
  }

  integers(name: string, shape: readonly number[], values: readonly number[]): string {
    const fresh = this.#names.take(`join/${name}`);
    this.tensors.push(tensorMessage(fresh, shape, BigInt64Array.from(values, BigInt)));
    return fresh;
  }

  #push(op: string, inputs: readonly string[], attributes: NewNode["attributes"] = {}): string {
    const name = this.#names.take(`join/${op}`);
    this.nodes.push({ op, name, inputs, outputs: [name], attributes });
    this.result = name;
    return name;
  }
}
