export { type JoinedModel, type JoinOptions, joinModels } from "./join.ts";
