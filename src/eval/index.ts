export { type EmbedOptions, type Encoder, embedBatches, embedDataset, type FeatureBatch } from "./embed.ts";
export {
  type Comparison,
  compareWithFrozen,
  type EvalReport,
  evaluateFeatures,
  type Labels,
  recallKs,
} from "./evaluate.ts";
export { normalizeRows } from "./normalize.ts";
export { type Recall, type RecallOptions, recallAtK } from "./recall.ts";
