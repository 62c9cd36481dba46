/** The sizes of a convolution: x [N, C, H, W], dy [N, O, H', W'], weight [O, C, K, K]. */
export interface ConvProblem {
  readonly n: number;
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly o: number;
  readonly outH: number;
  readonly outW: number;
  readonly k: number;
  readonly stride: number;
  readonly pad: number;
}
