export { withChangedCopy } from "./changed-copy.ts";
export type { FeatureOutput } from "./feature-output.ts";
export { readForeignModel } from "./foreign-model.ts";
export { type BackboneFacts, inspectBackbone } from "./inspect.ts";
export { checkJoinable, type JoinedModel, type JoinOptions, joinModels } from "./join/index.ts";
export type { Pooling } from "./pooling.ts";
export { openPrefix, type Prefix, type PrefixOptions } from "./prefix.ts";
export type { Preprocessing } from "./preprocessing.ts";
export { openTrunk, type Trunk, type TrunkOptions } from "./trunk.ts";
