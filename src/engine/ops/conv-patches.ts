import type { ConvProblem } from "./conv-problem.ts";
import type { Emitter } from "./definition.ts";

/**
 * x [N, C, H, W] cut into the patches that a kernel with strides as long as itself sees: [N, H' W', C KH KW]. What lies
 * beyond the last patch is left out.
 */
export function patchesOf(emit: Emitter, { n, c, h, w, outH, outW, kernel: [kh, kw] }: ConvProblem, x: string): string {
  const [height, width] = [outH * kh, outW * kw];
  const covered = height === h && width === w;
  const whole = covered ? x : emit.node("Slice", [x, emit.ints([0, 0]), emit.ints([height, width]), emit.ints([2, 3])]);
  const rows = emit.node("Reshape", [whole, emit.ints([n * c * outH, kh, outW, kw])]);
  const patches = emit.node("Transpose", [rows], { perm: [0, 2, 1, 3] });
  const byChannel = emit.node("Reshape", [patches, emit.ints([n, c, outH * outW, kh * kw])]);
  const last = emit.node("Transpose", [byChannel], { perm: [0, 2, 1, 3] });
  return emit.node("Reshape", [last, emit.ints([n, outH * outW, c * kh * kw])]);
}
