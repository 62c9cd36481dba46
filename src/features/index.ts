export { type FeatureCache, type FeatureCacheOptions, openFeatureCache } from "./feature-cache.ts";
export { createFeatureLoader, type FeatureLoaderOptions } from "./feature-loader.ts";
export {
  type PrincipalAxes,
  principalAxes,
  spread,
  type Whitening,
  whiteningAlong,
  whiteningScales,
} from "./whitening.ts";
