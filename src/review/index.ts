export {
  type CollectionReview,
  type ReviewedCopy,
  type ReviewedGroup,
  type ReviewedLabel,
  type ReviewedOutlier,
  type ReviewOptions,
  type ReviewProgress,
  reviewCollection,
} from "./review-collection.ts";
export { reviewPage } from "./review-page.ts";
