export { type CollectionMap, type MapOptions, mapCollection } from "./map-collection.ts";
export type { MapEffort, MapProgress } from "./map-effort.ts";
