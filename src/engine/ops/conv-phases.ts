/** One residue class of input positions along an axis: positions stride*i + phase see only some of the kernel's taps. */
export interface Phase {
  /** Kernel positions in the order a stride-1 correlation over the output gradient walks them; none: the gradient is 0. */
  readonly taps: readonly number[];
  /** Rows of the output gradient from one tap to the next. */
  readonly dilation: number;
  readonly padBefore: number;
  readonly padAfter: number;
}

/** One axis of a convolution. */
export interface ConvolutionAxis {
  readonly size: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Padding before the first position. */
  readonly pad: number;
}

/**
 * Splits the gradient of a strided convolution's input into stride-1 convolutions of the output gradient.
 * Input position h = stride*i + phase meets tap k where stride divides h + pad - dilation*k; the quotient is the output
 * row. With g the common divisor of stride and dilation, the taps are r, r + stride/g, ... for the least such r (none where
 * g does not divide phase + pad), and tap r + t*stride/g meets row i + (phase + pad - dilation*r)/stride - t*dilation/g.
 * Every phase yields ceil(size / stride) rows; interleaved they are the input.
 */
export function convPhases({ size, out, kernel, stride, dilation, pad }: ConvolutionAxis): Phase[] {
  const rows = Math.ceil(size / stride);
  const common = greatestCommonDivisor(stride, dilation);
  const step = dilation / common;
  return Array.from({ length: stride }, (_, phase) => {
    const taps: number[] = [];
    for (let tap = 0; tap < kernel; tap++) if ((phase + pad - dilation * tap) % stride === 0) taps.unshift(tap);
    const last = taps.at(-1);
    if (last === undefined) return { taps, dilation: step, padBefore: 0, padAfter: 0 };
    const first = (phase + pad - dilation * last) / stride;
    const padBefore = (taps.length - 1) * step - first;
    const padAfter = first + rows - 1 - (out - 1);
    // All rows that the taps meet lie outside.
    if (-padBefore >= out || -padAfter >= out) return { taps: [], dilation: step, padBefore: 0, padAfter: 0 };
    return { taps, dilation: step, padBefore, padAfter };
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
