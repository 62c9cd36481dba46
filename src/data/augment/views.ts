import type { Random } from "../../core/index.ts";
import type { Normalization } from "../dataset.ts";
import { autoAugment } from "./autoaugment.ts";
import { colorDistortion } from "./color-jitter.ts";
import { cropFlip } from "./crop-flip.ts";
import { gentleAffine } from "./gentle-affine.ts";
import type { AugmentName } from "./names.ts";
import { writePlanes } from "./normalize.ts";
import { randomPerspective } from "./perspective.ts";
import { type RasterView, type Stage, stage } from "./raster.ts";
import { resize } from "./resize.ts";

/** Turns `source` into a size x size image in `stage.front`. */
type Pipeline = (stage: Stage, source: RasterView, size: number, rng: Random) => void;

const pipelines: Readonly<Record<AugmentName, Pipeline>> = {
  /** Weak view of CIFAR and ImageNet32. */
  "crop-flip": cropFlip,
  /** Weak view of Cars; both views of SOP. */
  "crop-flip-perspective": (s, source, size, rng) => {
    cropFlip(s, source, size, rng);
    randomPerspective(s, rng);
  },
  /** Strong view of CIFAR and ImageNet32. */
  "crop-flip-autoaugment": (s, source, size, rng) => {
    cropFlip(s, source, size, rng);
    autoAugment(s, rng);
  },
  /** Strong view of Cars. */
  "crop-flip-perspective-color": (s, source, size, rng) => {
    cropFlip(s, source, size, rng);
    randomPerspective(s, rng);
    colorDistortion(s, rng);
  },
  /** Strong view of Fashion-MNIST in the demo. */
  "crop-flip-affine": (s, source, size, rng) => {
    cropFlip(s, source, size, rng);
    gentleAffine(s, rng);
  },
};

/** Writes one view of `source`, normalised, as [3, size, size] floats from element `at` of `out`. */
export type ViewWriter = (source: RasterView, rng: Random, out: Float32Array, at: number) => void;

const testView: Pipeline = (s, source, size) => resize(source, s.front, size, size);

/** The writer of a training view, or of the evaluation transform (`"test"`, which draws nothing from `rng`). */
export function viewWriter(name: AugmentName | "test", size: number, normalization: Normalization): ViewWriter {
  const pipeline: Pipeline = name === "test" ? testView : pipelines[name];
  const buffers = stage();
  return (source, rng, out, at) => {
    pipeline(buffers, source, size, rng);
    writePlanes(buffers.front, normalization, out, at);
  };
}
