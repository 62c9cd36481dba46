export { backbone, backboneOf, declareBackbone } from "./backbone.ts";
export { type Backbone, type BackboneName, backboneNames, backbones } from "./backbones.ts";
export { classifier, projector } from "./heads.ts";
export { initialize } from "./initialize.ts";
export { BATCH_NORM_MOMENTUM } from "./layers.ts";
export { torchvisionWeights } from "./torchvision-weights.ts";
export { unitRows } from "./unit-rows.ts";
export { type BatchStatistics, type Declared, declare, type TensorSpec, type WeightStore } from "./weights.ts";
