import { fail } from "../core/index.ts";
import { Graph, ops, type Value } from "../engine/index.ts";
import { type Backbone, type BackboneName, backboneNames, backbones } from "./backbones.ts";
import { type Declared, declare, type WeightStore } from "./weights.ts";

/**
 * The row of a backbone.
 * @throws MaskconError "config" where none has this name.
 */
export function backboneOf(name: BackboneName): Backbone {
  if (Object.hasOwn(backbones, name)) return backbones[name];
  return fail("config", { where: "backbone", expected: `one of ${backboneNames.join(", ")}`, found: `"${name}"` });
}

/**
 * Images [N, 3, S, S] -> features [N, F]; tensors carry torchvision's names.
 * @throws MaskconError "config" where no backbone has this name.
 */
export const backbone = (name: BackboneName, store: WeightStore, images: Value): Value =>
  backboneOf(name).build(store, images);

/**
 * The backbone's parameters and buffers without a prefix.
 * @throws MaskconError "config" where no backbone has this name.
 */
export function declareBackbone(name: BackboneName, imageSize: number): Declared {
  const graph = new Graph(ops);
  return declare(graph, (store) => {
    backbone(name, store, graph.input("images", "float32", [1, 3, imageSize, imageSize]));
  });
}
