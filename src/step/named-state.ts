import { fail, firstFew, type Tensors } from "../core/index.ts";
import type { Executor } from "../engine/index.ts";
import { initialize, type TensorSpec } from "../nn/index.ts";
import { checkedTensor, type FlatLayout, pack, unpack } from "./layout.ts";
import { momentsOf } from "./optimizer.ts";
import type { StepOptions } from "./options.ts";
import type { StateLayout } from "./state-layout.ts";

/** Every slot of a state that starts from the options' seed. */
export function freshState(options: StepOptions, layout: StateLayout): Record<string, Float32Array> {
  const { seed, queueSize } = options;
  const filled = (layout: FlatLayout): Float32Array => {
    const flat = new Float32Array(layout.size);
    for (const spec of layout.slices as readonly (TensorSpec & { start: number })[]) {
      flat.set(initialize(spec, seed), spec.start);
    }
    return flat;
  };
  const fresh: Record<string, Float32Array> = {};
  const fill = (name: string, values: (layout: FlatLayout, i: number) => Float32Array) => {
    for (const [i, part] of (layout.vectors[name] ?? []).entries()) fresh[part.slot] = values(part.layout, i);
  };
  fill("query", filled);
  for (const copy of ["key", "average"]) {
    fill(copy, ({ size }, i) => fresh[layout.vectors.query![i]!.slot]!.slice(0, size));
  }
  for (const encoder of ["query", "key", "average"]) fill(`${encoder}_buffers`, filled);
  for (const slot of ["queue_labels", "queue_indices"]) {
    if (slot in layout.slots) fresh[slot] = new Float32Array(queueSize).fill(-1);
  }
  return fresh;
}

/** The slots that are saved as rings, and the width of their rows. */
function rings({ embeddingDim }: StepOptions, { slots }: StateLayout): [slot: string, width: number][] {
  const all: [string, number][] = [
    ["queue", embeddingDim],
    ["queue_labels", 1],
    ["queue_indices", 1],
  ];
  return all.filter(([slot]) => slot in slots);
}

interface NamedPart {
  readonly slot: string;
  readonly layout: FlatLayout;
  /** Of its tensors' names. */
  readonly prefix: string;
}

/** The slots that hold named tensors. */
function vectorParts(options: StepOptions, { vectors }: StateLayout): NamedPart[] {
  const prefixes: Readonly<Record<string, string>> = {
    query: "query_encoder.",
    query_buffers: "query_encoder.",
    ...momentsOf(options),
    key: "key_encoder.",
    key_buffers: "key_encoder.",
    average: "average_encoder.",
    average_buffers: "average_encoder.",
  };
  return Object.entries(prefixes).flatMap(([name, prefix]) =>
    (vectors[name] ?? []).map((part) => ({ ...part, prefix })),
  );
}

/** The whole state by name. */
export async function namedState(
  executor: Executor,
  options: StepOptions,
  layout: StateLayout,
  { pointer, updates }: StatePlace,
): Promise<Tensors> {
  const state = await executor.read(Object.keys(layout.slots));
  const tensors: Tensors = {};
  for (const part of vectorParts(options, layout)) {
    Object.assign(tensors, unpack(part.layout, part.prefix, state[part.slot] as Float32Array));
  }
  if (options.adamw) tensors.adamw_steps = { dtype: "int32", shape: [1], data: Int32Array.of(updates) };
  if (!("queue" in layout.slots)) return tensors;
  const { queueSize: k } = options;
  for (const [slot, width] of rings(options, layout)) {
    const rows = rotated(state[slot] as Float32Array, width, pointer);
    tensors[slot] =
      slot === "queue"
        ? { dtype: "float32", shape: [k, width], data: rows }
        : { dtype: "int32", shape: [k], data: Int32Array.from(rows) };
  }
  return { ...tensors, queue_pointer: { dtype: "int32", shape: [1], data: Int32Array.of(pointer) } };
}

/**
 * Rows moved down by `by`, the last ones to the top. A saved queue is a ring whose oldest row is row `pointer`;
 * inside a step the oldest row is the first. Moving by the pointer makes a saved queue of a step's, moving by minus
 * the pointer the reverse.
 */
function rotated(rows: Float32Array, width: number, by: number): Float32Array {
  const count = rows.length / width;
  const shift = (((by % count) + count) % count) * width;
  const turned = new Float32Array(rows.length);
  turned.set(rows.subarray(rows.length - shift), 0);
  turned.set(rows.subarray(0, rows.length - shift), shift);
  return turned;
}

/** What a step knows of its state beside the slots. */
export interface StatePlace {
  /** The row of a saved queue that is the oldest. */
  readonly pointer: number;
  /** Steps that the optimizer has made. */
  readonly updates: number;
}

interface Loading {
  readonly tensors: Tensors;
  readonly at: StatePlace;
}

/**
 * The state with the named tensors in their places.
 * @throws MaskconError "weights" where the step has no tensor of a name.
 */
export async function mergedState(
  executor: Executor,
  options: StepOptions,
  layout: StateLayout,
  { tensors, at: { pointer, updates } }: Loading,
) {
  const state = await executor.read(Object.keys(layout.slots));
  const used = new Set<string>();
  for (const part of vectorParts(options, layout)) {
    for (const name of pack(part.layout, part.prefix, tensors, state[part.slot] as Float32Array)) used.add(name);
  }
  const taken = (name: string, shape: readonly number[]) => {
    const tensor = tensors[name];
    if (tensor) used.add(name);
    return tensor && checkedTensor(name, tensor, shape);
  };
  const number = (name: string, before: number, expected: string, fits: (value: number) => boolean): number => {
    const value = taken(name, [1])?.[0] ?? before;
    return fits(value) ? value : fail("weights", { where: name, expected, found: String(value) });
  };
  let newPointer = pointer;
  const newUpdates = options.adamw
    ? number("adamw_steps", updates, "a number of steps", (value) => value >= 0)
    : updates;
  if ("queue" in layout.slots) {
    const { queueSize: k } = options;
    newPointer = number("queue_pointer", pointer, `a row from 0 to ${k - 1}`, (row) => row >= 0 && row < k);
    for (const [slot, width] of rings(options, layout)) {
      const shape = slot === "queue" ? [k, width] : [k];
      const ring = taken(slot, shape) ?? rotated(state[slot] as Float32Array, width, pointer);
      state[slot] = rotated(Float32Array.from(ring), width, -newPointer);
    }
  }
  refuseUnknown(Object.keys(tensors).filter((name) => !used.has(name) && !isKnownElsewhere(name, layout)));
  return { slots: state, place: { pointer: newPointer, updates: newUpdates } };
}

/** A step without a key encoder or classifier takes the state of one that has them, and leaves those parts alone. */
function isKnownElsewhere(name: string, { slots }: StateLayout): boolean {
  if (/\.classifier\.(weight|bias)$|\.num_batches_tracked$|^average_encoder\.|^queue_indices$/.test(name)) return true;
  return (
    !("queue" in slots) && (/^(key_encoder\.|queue(_labels|_pointer)?$)/.test(name) || /\.projector\.[02]\./.test(name))
  );
}

function refuseUnknown(names: readonly string[]): void {
  if (names.length === 0) return;
  const found = firstFew(names.map((name) => `"${name}"`));
  const fix = "compile the step with the options the tensors were saved under";
  fail("weights", { where: "load", expected: "names of this step's state", found, fix });
}
