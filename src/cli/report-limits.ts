/** A map of more would take minutes and be a smear. */
export const mostPoints = 10_000;
export const mostQueries = 200;
