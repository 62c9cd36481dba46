import { random } from "../src/core/index.ts";
import { type OnnxNode, type OnnxTensor, writeModel } from "../src/engine/index.ts";

/** Output channels and stride of the depthwise separable blocks at width 1 (Howard et al. 2017, table 1). */
const blocks: readonly (readonly [channels: number, stride: number])[] = [
  ...([
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
  ] as const),
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  ...([
    [1024, 2],
    [1024, 1],
  ] as const),
];

/**
 * MobileNetV1 at width 0.75 as an ONNX file with random weights, normalisations folded into the convolutions: images
 * [N, 3, S, S] -> features [N, 768]. Speed depends on shapes alone.
 */
export function mobilenet(imageSize: number): Uint8Array {
  const rng = random(5);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const constant = (name: string, shape: readonly number[], values: Float32Array): string => {
    initializers.push({ name, dtype: "float32", shape, bytes: new Uint8Array(values.buffer) });
    return name;
  };
  const node = (op: string, inputs: string[], attributes: OnnxNode["attributes"] = {}, output?: string): string => {
    const name = output ?? `${op}.${nodes.length}`;
    nodes.push({ op, domain: "", name, inputs, outputs: [name], attributes });
    return name;
  };
  const limits = ["zero", "six"].map((name, i) => constant(name, [], Float32Array.of(6 * i)));
  const layer = (x: string, [out, inputs, kernel]: readonly [number, number, number], stride: number, group = 1) => {
    const name = `layer.${nodes.length}`;
    const size = out * inputs * kernel ** 2;
    // Uniform, of the variance that keeps the scale of what follows a ReLU (He et al. 2015).
    const bound = Math.sqrt(6 / (inputs * kernel ** 2));
    const values = Float32Array.from({ length: size }, () => bound * (2 * rng.uniform() - 1));
    const weight = constant(`${name}.weight`, [out, inputs, kernel, kernel], values);
    const bias = constant(`${name}.bias`, [out], new Float32Array(out));
    const pad = (kernel - 1) / 2;
    const attributes = {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [pad, pad, pad, pad] },
      group: { int: group },
    };
    return node("Clip", [node("Conv", [x, weight, bias], attributes), ...limits]);
  };

  let channels = 24;
  let x = layer("images", [channels, 3, 3], 2);
  for (const [wide, stride] of blocks) {
    const out = (3 * wide) / 4;
    x = layer(x, [channels, 1, 3], stride, channels);
    x = layer(x, [out, channels, 1], 1);
    channels = out;
  }
  node("Flatten", [node("GlobalAveragePool", [x])], {}, "features");
  return writeModel({
    nodes,
    initializers,
    inputs: [{ name: "images", dtype: "float32", shape: ["batch", 3, imageSize, imageSize] }],
    outputs: [{ name: "features", dtype: "float32", shape: ["batch", channels] }],
    opsets: { "": 13 },
  });
}
