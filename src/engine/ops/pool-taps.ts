/** HardSigmoid so steep that it is 1 at zero and 0 below. */
export const atZero = { alpha: { float: 3e38 }, beta: { float: 1 } };

/** Where a tap of a window lies along an axis: at output o it meets row o + shift of one phase of the input. */
export interface Tap {
  readonly phase: number;
  readonly shift: number;
  /** Rows of the phase. */
  readonly length: number;
}

/** The tap that meets input position stride o + offset at output o. */
export function tapOf(offset: number, stride: number, size: number): Tap {
  const shift = Math.floor(offset / stride);
  const phase = offset - stride * shift;
  return { phase, shift, length: Math.ceil((size - phase) / stride) };
}

/** Whether it meets no position of the image; a stride larger than the image leaves phases without any. */
export const isOutside = ({ shift, length }: Tap, out: number): boolean =>
  Math.max(shift, 0) >= Math.min(out + shift, length);
