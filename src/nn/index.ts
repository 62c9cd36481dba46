export { type BackboneName, backbone, backboneNames, declareBackbone } from "./backbone.ts";
export { classifier, projector } from "./heads.ts";
export { initialize } from "./initialize.ts";
export { batchNormMomentum } from "./layers.ts";
export { normalizeRows } from "./normalize.ts";
export { smallImage } from "./resnet.ts";
export { type MatchedWeights, torchvisionWeights } from "./torchvision-weights.ts";
export { type BatchStatistics, type Declared, declare, type TensorSpec, type WeightStore } from "./weights.ts";
