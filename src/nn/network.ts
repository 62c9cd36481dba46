import { fail, type Shape } from "../core/index.ts";
import type { Value } from "../engine/index.ts";
import { type Adapter, adapter, adapterDim } from "./adapter.ts";
import { backboneOf } from "./backbone.ts";
import type { BackboneName } from "./backbones.ts";
import type { WeightStore } from "./weights.ts";

/** What an encoder is: a backbone by its name, which takes images, or an adapter, which takes a frozen model's features. */
export interface NetworkOptions {
  /** The network that gives features, by its name or as an adapter. */
  readonly backbone: BackboneName | Adapter;
  /** S: of the images that the backbone sees, or the frozen model before an adapter, which does not use it. */
  readonly imageSize: number;
}

/** From the input of an encoder to its features. */
interface Network {
  /** Of one input: [3, S, S], or [F] of an adapter. */
  readonly inputShape: Shape;
  readonly featureDim: number;
  readonly build: (store: WeightStore, input: Value) => Value;
}

/** @throws MaskconError "config" where no backbone has the name, or a size is impossible for it */
export function networkOf({ backbone, imageSize }: NetworkOptions): Network {
  if (typeof backbone === "object") {
    whole("backbone.features", backbone.features, 1);
    whole("backbone.whitened", backbone.whitened ?? 1, 1, backbone.features);
    return {
      inputShape: backbone.trunk?.inputShape ?? [backbone.features],
      featureDim: adapterDim(backbone),
      build: (store, input) => adapter(store, backbone, input),
    };
  }
  const { smallestImage, featureDim, build } = backboneOf(backbone);
  const size = whole("imageSize", imageSize, smallestImage);
  return { inputShape: [3, size, size], featureDim, build };
}

function whole(where: string, value: number, least: number, most = Number.POSITIVE_INFINITY): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  const expected = most < Number.POSITIVE_INFINITY ? `from ${least} to ${most}` : `of at least ${least}`;
  return fail("config", { where, expected: `a whole number ${expected}`, found: String(value) });
}
