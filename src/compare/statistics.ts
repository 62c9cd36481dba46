/** A figure over seeds. */
export interface Summary {
  readonly mean: number;
  /** Sample standard deviation (n - 1); undefined for one value. */
  readonly deviation: number | undefined;
  readonly n: number;
}

/** Mean and sample deviation of the known values; undefined where there are none. */
export function summarize(values: readonly (number | undefined)[]): Summary | undefined {
  const known = values.filter((value) => value !== undefined);
  const n = known.length;
  if (n === 0) return undefined;
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: n > 1 ? Math.sqrt(squares / (n - 1)) : undefined, n };
}
