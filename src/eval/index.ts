export { adjustedMutualInformation } from "./adjusted-mutual-information.ts";
export { aloneLines } from "./alone.ts";
export { type ClassLabels, checkLength, checkWholeNumber, classNumbers, countRows } from "./arguments.ts";
export { type BootstrapOptions, bootstrapMeans, type Interval } from "./bootstrap.ts";
export { type Agreement, clusteringAgreement } from "./clustering-agreement.ts";
export type { Counter, Effort, EvalProgress } from "./effort.ts";
export { type EmbedOptions, embedBatches, embedDataset, type FeatureEncoder } from "./embed.ts";
export { type EvalReport, evaluateFeatures, type ImageLabels } from "./evaluate.ts";
export {
  type Answers,
  type ClassReport,
  evaluateFully,
  type FullEvaluation,
  type FullOptions,
  type FullReport,
  gains,
  recallReport,
} from "./evaluate-fully.ts";
export { fewImagesLine } from "./few-images.ts";
export { isReport } from "./is-report.ts";
export { type Clustering, type KMeansOptions, kMeans } from "./k-means.ts";
export { leftOutLine } from "./left-out.ts";
export { matchingAccuracy } from "./matching-accuracy.ts";
export { type MeasureOptions, measureRetrieval } from "./measure-retrieval.ts";
export type { Measures, RetrievalMeasures } from "./measures.ts";
export { type NearestNeighbours, type NeighbourOptions, nearestNeighbours } from "./nearest-neighbours.ts";
export { normalizeManyRows, normalizeRows, rowScales } from "./normalize.ts";
export type { QueryTable } from "./query-table.ts";
export { type Recall, type RecallOptions, recallAtK } from "./recall.ts";
export { recallKs } from "./report-ks.ts";
export { createSimilarity } from "./similarity.ts";
