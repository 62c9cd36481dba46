import type { OnnxModel, OnnxNode, OnnxValue } from "../onnx/index.ts";

/** Operators that ONNX Runtime computes over an input that nothing else reads, and that input's place. */
const inPlace: Readonly<Record<string, number>> = {
  ":Relu": 0,
  ":HardSigmoid": 0,
  "com.microsoft.nchwc:Conv": 3,
};

/**
 * The same model with shapes that ONNX Runtime does not know before it runs. Where it knows them, it plans each tensor into
 * the memory of an earlier one of the same shape, and holds that memory from the first to the last of them, also while nothing
 * is in it: two fifths of a step's peak on photographs. Without shapes it frees memory after the last reader. Inputs have free
 * dimensions, and shapes that operators read are inputs with a default, which it does not take for constants.
 *
 * An operator that may write over its input has to know that both have one shape: they get the same names for their sizes.
 */
export function withFreeShapes(model: OnnxModel): OnnxModel {
  const free = ({ name, dtype, shape }: OnnxValue): OnnxValue => ({
    name,
    dtype,
    shape: shape.map((_, axis) => `${name}.${axis}`),
  });
  const shapes = model.initializers.filter(({ dtype }) => dtype === "int64");
  const defaults = shapes.map(({ name, dtype, shape }): OnnxValue => ({ name, dtype, shape }));
  return { ...model, inputs: [...model.inputs.map(free), ...defaults], values: sharedShapes(model) };
}

/** The inputs and outputs of operators that work in place, as images of the same named sizes. */
function sharedShapes({ nodes, outputs }: OnnxModel): OnnxValue[] {
  const images = new Set(nodes.filter(({ domain }) => domain.endsWith(".nchwc")).flatMap((node) => node.outputs));
  const results = new Set(outputs.map(({ name }) => name));
  const sizes = new Map<string, string>();
  for (const node of nodes) {
    const [over, result] = [overwritten(node), node.outputs[0]!];
    if (!over || !(images.has(over) || images.has(result)) || results.has(result)) continue;
    const size = sizes.get(over) ?? over;
    sizes.set(over, size);
    sizes.set(result, size);
  }
  return [...sizes].map(([name, size]) => ({
    name,
    dtype: "float32",
    shape: [0, 1, 2, 3].map((axis) => `${size}.${axis}`),
  }));
}

const overwritten = ({ domain, op, inputs }: OnnxNode): string | undefined => {
  const place = inPlace[`${domain}:${op}`];
  return place === undefined ? undefined : inputs[place];
};
