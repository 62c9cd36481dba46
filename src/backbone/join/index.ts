export { type JoinedModel, type JoinOptions, joinModels } from "./join.ts";
export { checkJoinable } from "./joinable.ts";
