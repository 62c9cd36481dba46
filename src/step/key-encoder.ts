import { fail, firstFew, type Tensors } from "../core/index.ts";
import { type Device, deviceOf, Graph, lower, ops, stateInput, type Value } from "../engine/index.ts";
import {
  declare,
  initialize,
  type NetworkOptions,
  networkOf,
  projector,
  type TensorSpec,
  unitRows,
  type WeightStore,
} from "../nn/index.ts";
import type { Host } from "./host.ts";
import { checkedTensor, type FlatLayout, flatLayout } from "./layout.ts";
import { programOf } from "./program.ts";
import { TrainingStore } from "./training-store.ts";

export interface KeyEncoderOptions extends NetworkOptions {
  readonly batchSize: number;
  /** D: width of the projection; undefined leaves the projector out, so that keys are the backbone's features. */
  readonly embeddingDim: number | undefined;
  readonly device: Device;
  readonly threads?: number;
  /** Tensors that `load` is not given get the values that a step of this seed starts with. */
  readonly seed: number;
}

/**
 * The encoder that makes keys as training does: batch statistics in the normalisations, projection, rows of length 1.
 */
export interface KeyEncoder {
  /** D, or F without the projector. */
  readonly dim: number;
  /**
   * Takes the tensors behind `prefix` from a step's state.
   * @throws MaskconError "weights" where some of the backbone's are missing.
   */
  load(tensors: Tensors, prefix: "key_encoder." | "query_encoder."): Promise<void>;
  /**
   * Images [batchSize, 3, S, S] (an adapter: features [batchSize, F]) -> unit rows [batchSize, D]. A batch is normalised as a
   * whole: all of it must be images.
   */
  keys(input: Float32Array): Promise<Float32Array>;
  /** Frees the weights and the device's memory. */
  close(): Promise<void>;
}

/** The key branch of a training step alone. */
export async function compileKeyEncoderOn(host: Host, options: KeyEncoderOptions): Promise<KeyEncoder> {
  const layout = keyLayout(options);
  const graph = keyGraph(options, layout);
  const block = deviceOf(options.device).blockedKernels ? await host.blockSize() : 0;
  const { device, threads, batchSize } = options;
  const keys = programOf(graph, lower(graph, { block, plan: {} }));
  const slot = { dtype: "float32", shape: [layout.size] } as const;
  const executor = await host.open({ device, threads, state: { key: slot }, programs: { keys } });
  return {
    dim: graph.outputs.get("keys")!.shape[1]!,
    async load(tensors, prefix) {
      await executor.write({ key: filled(layout, tensors, prefix, options.seed) });
    },
    async keys(input) {
      const { keys } = await executor.run("keys", { input });
      if (keys!.length % batchSize !== 0)
        fail("engine", { expected: "a row for each image", found: `${keys!.length} values` });
      return keys as Float32Array;
    },
    close: () => executor.close(),
  };
}

function encode(store: WeightStore, o: KeyEncoderOptions, input: Value): Value {
  const features = networkOf(o).build(store, input);
  return o.embeddingDim === undefined ? features : projector(store, features, o.embeddingDim);
}

function keyLayout(options: KeyEncoderOptions): FlatLayout {
  const graph = new Graph(ops);
  const input = graph.input("input", "float32", [1, ...networkOf(options).inputShape]);
  const { parameters, fixed } = declare(graph, (store) => void encode(store, options, input));
  return flatLayout([...parameters, ...fixed]);
}

function keyGraph(options: KeyEncoderOptions, layout: FlatLayout): Graph {
  const graph = new Graph(ops);
  const input = graph.input("input", "float32", [options.batchSize, ...networkOf(options).inputShape]);
  const store = new TrainingStore(graph, [{ layout, flat: graph.input(stateInput("key"), "float32", [layout.size]) }]);
  graph.output("keys", unitRows(encode(store, options, input)));
  return graph;
}

/** A step's state has the backbone behind `net.`. */
const nameInState = (name: string): string => (name.startsWith("projector.") ? name : `net.${name}`);

function filled(layout: FlatLayout, tensors: Tensors, prefix: string, seed: number): Float32Array {
  const flat = new Float32Array(layout.size);
  const missing: string[] = [];
  for (const slice of layout.slices) {
    const name = nameInState(slice.name);
    const tensor = tensors[`${prefix}${name}`];
    if (!tensor && name.startsWith("net.")) missing.push(`${prefix}${name}`);
    const spec: TensorSpec = { ...slice, name };
    flat.set(tensor ? checkedTensor(`${prefix}${name}`, tensor, slice.shape) : initialize(spec, seed), slice.start);
  }
  if (missing.length > 0) {
    const found = `none for ${firstFew(missing)}`;
    fail("weights", { where: "key encoder", expected: "a tensor for every parameter of the backbone", found });
  }
  return flat;
}
