import type { Value } from "../engine/index.ts";
import { conv, norm } from "./layers.ts";
import type { WeightStore } from "./weights.ts";

/** Images of at most this many pixels a side get the small stem: one 3x3 convolution, no max-pool (official MaskCon code). */
const SMALL_IMAGE = 64;

/** 3x3, stride 2. */
const stemPool = { kernel: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } as const;

interface ResNet {
  readonly block: typeof basicBlock | typeof bottleneck;
  /** Blocks of each stage. */
  readonly layers: readonly [number, number, number, number];
}

/** torchvision's ResNet (v1.5: a bottleneck strides in its 3x3) up to the pooled features: [N, 3, S, S] -> [N, F]. */
export function resnet(store: WeightStore, images: Value, { block, layers }: ResNet): Value {
  const { graph } = store;
  const small = images.shape[2]! <= SMALL_IMAGE;
  let x = conv(store, "conv1", images, small ? { out: 64, kernel: 3 } : { out: 64, kernel: 7, stride: 2 });
  x = norm(store, "bn1", x, { relu: true });
  if (!small) x = graph.scoped("maxpool", () => graph.op("maxPool", [x], stemPool));
  for (const [stage, count] of layers.entries()) {
    for (let i = 0; i < count; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      x = block(store, `layer${stage + 1}.${i}`, x, 64 * 2 ** stage, stride);
    }
  }
  return graph.scoped("avgpool", () => graph.op("globalAveragePool", [x]));
}

/** Two 3x3 convolutions. */
export function basicBlock(store: WeightStore, name: string, x: Value, planes: number, stride: number): Value {
  let y = conv(store, `${name}.conv1`, x, { out: planes, kernel: 3, stride });
  y = norm(store, `${name}.bn1`, y, { relu: true });
  y = conv(store, `${name}.conv2`, y, { out: planes, kernel: 3 });
  return withShortcut(store, name, { x, y, norm: "bn2", out: planes, stride });
}

/** 1x1 to `planes` channels, 3x3, 1x1 to four times as many. */
export function bottleneck(store: WeightStore, name: string, x: Value, planes: number, stride: number): Value {
  const out = 4 * planes;
  let y = conv(store, `${name}.conv1`, x, { out: planes, kernel: 1 });
  y = norm(store, `${name}.bn1`, y, { relu: true });
  y = conv(store, `${name}.conv2`, y, { out: planes, kernel: 3, stride });
  y = norm(store, `${name}.bn2`, y, { relu: true });
  y = conv(store, `${name}.conv3`, y, { out, kernel: 1 });
  return withShortcut(store, name, { x, y, norm: "bn3", out, stride });
}

interface BlockEnd {
  readonly x: Value;
  readonly y: Value;
  readonly norm: string;
  readonly out: number;
  readonly stride: number;
}

function withShortcut(store: WeightStore, name: string, { x, y, norm: last, out, stride }: BlockEnd): Value {
  let residual = x;
  if (stride !== 1 || x.shape[1] !== out) {
    residual = conv(store, `${name}.downsample.0`, x, { out, kernel: 1, stride });
    residual = norm(store, `${name}.downsample.1`, residual);
  }
  return norm(store, `${name}.${last}`, y, { residual, relu: true });
}
