import { fail } from "../core/index.ts";
import { Graph, ops } from "../engine/index.ts";
import { type Backbone, type BackboneName, backboneNames, backbones } from "./backbones.ts";
import { type Declared, declare } from "./weights.ts";

/**
 * The row of a backbone.
 * @throws MaskconError "config" where none has this name.
 */
export function backboneOf(name: BackboneName): Backbone {
  if (Object.hasOwn(backbones, name)) return backbones[name];
  return fail("config", { where: "backbone", expected: `one of ${backboneNames.join(", ")}`, found: `"${name}"` });
}

/**
 * The backbone's parameters and buffers without a prefix.
 * @throws MaskconError "config" where no backbone has this name.
 */
export function declareBackbone(name: BackboneName, imageSize: number): Declared {
  const graph = new Graph(ops);
  return declare(graph, (store) => {
    backboneOf(name).build(store, graph.input("images", "float32", [1, 3, imageSize, imageSize]));
  });
}
