/** One residue class of input positions along an axis: positions stride*i + phase see only some of the kernel's taps. */
export interface Phase {
  /** Kernel positions in the order a stride-1 correlation over the output gradient walks them. */
  readonly taps: readonly number[];
  readonly padBefore: number;
  readonly padAfter: number;
}

/**
 * Splits the gradient of a strided convolution's input into stride-1 convolutions of the output gradient.
 * With h = stride*i + phase and r = (phase + pad) mod stride, the taps are r, r + stride, ... and tap r + stride*t meets
 * output row i + (phase + pad - r) / stride - t. Every phase yields ceil(size / stride) rows; interleaved they are the input.
 */
export function convPhases(size: number, out: number, kernel: number, stride: number, pad: number): Phase[] {
  const rows = Math.ceil(size / stride);
  return Array.from({ length: stride }, (_, phase) => {
    const r = (phase + pad) % stride;
    const first = (phase + pad - r) / stride;
    const taps: number[] = [];
    for (let tap = r; tap < kernel; tap += stride) taps.unshift(tap);
    return { taps, padBefore: taps.length - 1 - first, padAfter: first + rows - 1 - (out - 1) };
  });
}
