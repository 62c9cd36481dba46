export { megabytes } from "./complete-store.ts";
export { type FeatureCache, type FeatureCacheOptions, openFeatureCache } from "./feature-cache.ts";
export { createFeatureLoader, type FeatureLoaderOptions } from "./feature-loader.ts";
export { cachesFolder, deleteCache, type KeptCache, type KeptCaches, keptCaches } from "./kept-caches.ts";
export { principalAxesAside } from "./principal-axes-aside.ts";
export {
  type PrincipalAxes,
  principalAxes,
  type Whitening,
  whiteningAlong,
  whiteningScales,
} from "./whitening.ts";
