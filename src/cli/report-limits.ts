/** A map of more would take minutes and be a smear. */
export const MOST_POINTS = 10_000;
export const MOST_QUERIES = 200;
