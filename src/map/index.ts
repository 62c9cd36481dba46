export type { MapEffort, MapProgress } from "./lay-out.ts";
export { type CollectionMap, type MapOptions, mapCollection } from "./map-collection.ts";
