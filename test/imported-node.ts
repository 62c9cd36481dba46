import { InferenceSession, Tensor } from "onnxruntime-node";
import type { FoldedConstant } from "../src/backbone/import/fold.ts";
import { writePart } from "../src/backbone/import/write-part.ts";
import { Graph, lowerToBytes, ops } from "../src/engine/index.ts";
import type { OnnxFileNode } from "../src/formats/onnx/index.ts";

/** Inputs that must be known beforehand, by operator. */
const known: Readonly<Record<string, readonly number[]>> = {
  Pow: [1],
  Clip: [1, 2],
  Pad: [1, 2, 3],
  BatchNormalization: [3, 4],
  Max: [1, 2],
  Min: [1, 2],
  Where: [0],
  Resize: [1, 2, 3],
  Upsample: [1],
};

/** The numbers of an input or an output. */
export interface NodeTensor {
  readonly type: string;
  readonly shape: readonly number[];
  readonly numbers: Float32Array | Float64Array;
}

/** A node with what it reads and gives. */
export interface ImportedNode {
  readonly node: OnnxFileNode;
  readonly opset: number;
  readonly inputs: readonly NodeTensor[];
  readonly outputs: readonly NodeTensor[];
}

/** Writes the node with ops of the engine, and runs them. */
export async function computeNode({
  node,
  opset,
  inputs,
  outputs,
}: ImportedNode): Promise<{ shape: readonly number[]; data: Float32Array }[]> {
  const names = node.inputs.filter((name) => name !== "");
  const fixed = new Map<string, FoldedConstant>();
  const shapes = new Map<string, readonly number[]>();
  const feeds: Record<string, Tensor> = {};
  inputs.forEach((input, i) => {
    const name = names[i]!;
    const at = node.inputs.indexOf(name);
    if (input.type !== "float32" || known[node.op]?.includes(at)) fixed.set(name, input);
    else {
      shapes.set(name, input.shape);
      feeds[name] = new Tensor("float32", input.numbers as Float32Array, input.shape);
    }
  });
  const graph = new Graph(ops);
  const [start] = shapes.keys();
  const input = graph.input(start!, "float32", shapes.get(start!)!);
  const parameter = (name: string, shape: readonly number[]) => graph.input(name, "float32", shape);
  node.outputs.slice(0, outputs.length).forEach((output, i) => {
    const part = {
      nodes: [node],
      opset,
      constant: (name: string) => fixed.get(name),
      file: "test",
      input: start!,
      output,
    };
    if (i === 0) {
      const made = writePart({ ...part, parameters: shapes, frozen: new Map() }, { graph, parameter }, input);
      graph.output(output, made);
      return;
    }
    // The inputs are there already.
    const known = (name: string) => graph.inputs.get(name)!;
    graph.output(
      output,
      writePart({ ...part, parameters: shapes, frozen: new Map() }, { graph, parameter: known }, input),
    );
  });
  const bytes = lowerToBytes(graph, { block: 0 });
  const session = await InferenceSession.create(bytes, { logSeverityLevel: 4, graphOptimizationLevel: "disabled" });
  try {
    const given = Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
    const results = await session.run(given);
    return node.outputs.slice(0, outputs.length).map((name) => {
      const { dims, data } = results[name]!;
      return { shape: dims, data: data as Float32Array };
    });
  } finally {
    await session.release();
  }
}
