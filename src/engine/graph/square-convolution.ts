import type { Convolution } from "./attributes.ts";

interface Square {
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
}

/** The attributes of a convolution that is the same along both axes. */
export const squareConvolution = ({ stride = 1, pad = 0, groups = 1 }: Square = {}): Convolution => ({
  strides: [stride, stride],
  pads: [pad, pad, pad, pad],
  dilations: [1, 1],
  groups,
});
