export { memberships } from "./fuzzy-graph.ts";
export { layOut, NEIGHBOURS } from "./lay-out.ts";
