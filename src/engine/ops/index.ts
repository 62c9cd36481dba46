export type { AttributeValue, Emitter, NodeAttributes, OpDefinition } from "./definition.ts";
export { ops } from "./table.ts";
