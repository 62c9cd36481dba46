import { expect, it } from "vitest";
import { checkMatters } from "./matters.ts";
import { type Layers, resolveConfig } from "./resolve.ts";

const check = (layers: Layers) => checkMatters(resolveConfig(layers), layers);
const flags = (values: Record<string, unknown>): Layers => ({ flags: values });
const file = (values: Record<string, unknown>, given: Record<string, unknown> = {}): Layers => ({
  flags: given,
  file: { path: "run.json", values },
});

it.each<[Layers, RegExp]>([
  [
    flags({ method: "supcon", softWeight: 0.3 }),
    /^--soft-weight: expected a method that it changes \(maskcon, grafit, coins\), found supcon, which fixes it at 1; leave/,
  ],
  [flags({ method: "selfcon", softWeight: 1 }), /found selfcon, which fixes it at 0/],
  [
    flags({ method: "supcon", softTemperature: 0.5 }),
    /^--soft-temperature: .* \(maskcon\), found supcon; leave it out/,
  ],
  [flags({ method: "supce", maskOwnKeys: true }), /^--mask-own-keys: .*, found supce;/],
  [
    flags({ method: "supcon", positiveOwnKeys: true }),
    /^--positive-own-keys: .* \(maskcon, selfcon, grafit, coins\), found supcon; leave/,
  ],
  [file({ method: "supfine", positiveOwnKeys: true }), /^run\.json: positiveOwnKeys: .*, found supfine;/],
  [flags({ method: "supce", preset: "cpu-small", queueSize: 64 }), /^--queue-size: /],
  [file({ method: "supcon", softWeight: 0.3 }), /^run\.json: softWeight: /],
  [file({}, { method: "supcon", softWeight: 0.3 }), /^--soft-weight: /],
  [flags({ trainable: "all" }), /^--trainable: expected a backbone from a file, found resnet18; leave it out/],
  [flags({ layerDecay: 0.75 }), /^--layer-decay: expected a backbone from a file, found resnet18; leave it out/],
  [flags({ headRate: 10 }), /^--head-rate: expected a backbone from a file, found resnet18; leave it out/],
  [flags({ views: 8 }), /^--views: expected a backbone from a file, found resnet18; leave it out, or add --backbone/],
])("refuses what the method does not use: %j", (layers, message) => {
  expect(() => check(layers)).toThrow(message);
});

it.each<Layers>([
  flags({ method: "maskcon", softWeight: 0.3, softTemperature: 0.5, maskOwnKeys: true }),
  flags({ method: "coins", softWeight: 0.3 }),
  flags({ method: "selfcon", positiveOwnKeys: true, crops: 4 }),
  flags({ method: "supce", crops: 2 }),
  // A preset is not made for one method, and its own values may be repeated.
  flags({ method: "supce", preset: "sop-split1", queueSize: 8192, weak: "crop-flip-perspective" }),
  flags({ method: "supcon", softWeight: 1, softTemperature: 0.05 }),
  flags({ backbone: "m.onnx", views: 8, whiten: 0, normalization: "clip" }),
  // The file is another method's.
  file({ softWeight: 0.3, softTemperature: 0.5 }, { method: "supcon" }),
  // The diagnosis measures MaskCon's targets on any run's keys.
  flags({ method: "supcon", diagnoseEvery: 1, softTemperature: 0.5 }),
])("accepts %j", (layers) => {
  expect(() => check(layers)).not.toThrow();
});
