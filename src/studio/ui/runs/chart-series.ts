/** The curve of one run in a chart. */
export interface ChartSeries {
  readonly name: string;
  /** Decides colour and dashes. */
  readonly place: number;
  readonly xs: readonly number[];
  readonly values: readonly number[];
}

export interface ChartProps {
  readonly title: string;
  /** "step" or "epoch". */
  readonly over: string;
  readonly series: readonly ChartSeries[];
  readonly show: (value: number) => string;
}
