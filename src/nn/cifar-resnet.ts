import { sizeOf } from "../core/index.ts";
import { type Graph, squareConvolution, type Value } from "../engine/index.ts";
import { conv, norm } from "./layers.ts";
import type { WeightStore } from "./weights.ts";

interface CifarResNet {
  /** Blocks a stage, n: the depth is 6 n + 2. */
  readonly blocks: number;
}

/** The ResNet for CIFAR of He et al. 2015, section 4.2: three stages of 16, 32 and 64 channels; [N, 3, S, S] -> [N, 64]. */
export function cifarResnet(store: WeightStore, images: Value, { blocks }: CifarResNet): Value {
  const { graph } = store;
  let x = norm(store, "bn1", conv(store, "conv1", images, { out: 16, kernel: 3 }), { relu: true });
  for (const [stage, planes] of [16, 32, 64].entries()) {
    for (let i = 0; i < blocks; i++) {
      const name = `layer${stage + 1}.${i}`;
      const stride = stage > 0 && i === 0 ? 2 : 1;
      let y = conv(store, `${name}.conv1`, x, { out: planes, kernel: 3, stride });
      y = norm(store, `${name}.bn1`, y, { relu: true });
      y = conv(store, `${name}.conv2`, y, { out: planes, kernel: 3 });
      const input = x;
      const residual = stride === 1 ? x : graph.scoped(`${name}.shortcut`, () => widen(graph, input, planes));
      x = norm(store, `${name}.bn2`, y, { residual, relu: true });
    }
  }
  return graph.scoped("avgpool", () => graph.op("globalAveragePool", [x]));
}

/** Shortcut A of the paper: every second pixel, the new channels zero, half of them on either side; as a constant 1x1 kernel. */
function widen(graph: Graph, x: Value, out: number): Value {
  const channels = x.shape[1]!;
  const before = (out - channels) >> 1;
  const shape = [out, channels, 1, 1];
  const data = new Float32Array(sizeOf(shape));
  for (let c = 0; c < channels; c++) data[(before + c) * channels + c] = 1;
  const kernel = graph.constant({ dtype: "float32", shape, data });
  return graph.op("conv2d", [x, kernel], squareConvolution({ stride: 2 }));
}
