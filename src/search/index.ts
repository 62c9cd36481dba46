export { imageFile } from "./query-encoder.ts";
export {
  type CollectionSearch,
  openSearch,
  type SearchOptions,
  type SearchQuery,
  type SearchResult,
} from "./search.ts";
export { type SearchPage, searchPage } from "./search-page.ts";
export type { Where, WhereColumn } from "./where.ts";
