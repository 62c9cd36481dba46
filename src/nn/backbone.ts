import { fail } from "../core/index.ts";
import { Graph, ops, type Value } from "../engine/index.ts";
import { cifarResnet, cifarResnets } from "./cifar-resnet.ts";
import { resnet, resnets } from "./resnet.ts";
import { type Declared, declare, type WeightStore } from "./weights.ts";

export type BackboneName = keyof typeof resnets | keyof typeof cifarResnets;

export const backboneNames = [...Object.keys(resnets), ...Object.keys(cifarResnets)] as readonly BackboneName[];

/** Images [N, 3, S, S] -> features [N, F]; tensors carry torchvision's names. Throws `config` for an unknown name. */
export function backbone(name: BackboneName, store: WeightStore, images: Value): Value {
  if (Object.hasOwn(resnets, name)) return resnet(store, resnets[name as keyof typeof resnets], images);
  if (Object.hasOwn(cifarResnets, name))
    return cifarResnet(store, cifarResnets[name as keyof typeof cifarResnets], images);
  return fail("config", { where: "backbone", expected: `one of ${backboneNames.join(", ")}`, found: `"${name}"` });
}

/** The backbone's parameters and buffers without a prefix, and the width F of its features. */
export function declareBackbone(name: BackboneName, imageSize: number): Declared & { readonly featureDim: number } {
  const graph = new Graph(ops);
  let featureDim = 0;
  const declared = declare(graph, (store) => {
    featureDim = backbone(name, store, graph.input("images", "float32", [1, 3, imageSize, imageSize])).shape[1]!;
  });
  return { ...declared, featureDim };
}
