import { fail } from "../core/index.ts";

/** How parameters follow their gradients: exactly one of these. The learning rate comes with every batch. */
export interface Optimizer {
  /** Stochastic gradient descent with momentum, as the paper has it. */
  readonly sgd?: SgdOptions | undefined;
  /** AdamW, as PyTorch computes it. */
  readonly adamw?: AdamwOptions | undefined;
}

/**
 * Settings of stochastic gradient descent with momentum.
 * @inline
 */
export interface SgdOptions {
  readonly momentum: number;
  /** On every parameter that no group leaves out. */
  readonly weightDecay: number;
  readonly clipNorm?: ClipNorm;
}

/**
 * Largest norm of the gradient of all trained parameters together: it is multiplied by min(1, clipNorm / (norm + 1e-6)), as
 * PyTorch's `clip_grad_norm_` does. Default: not clipped.
 * @inline
 */
type ClipNorm = number | undefined;

/**
 * Settings of AdamW, with the defaults of PyTorch.
 * @inline
 */
export interface AdamwOptions {
  /** Of weights: tensors of rank 1, which are biases and the scales of normalisations, do not decay unless a group says so. */
  readonly weightDecay: number;
  readonly clipNorm?: ClipNorm;
  /** Default: 0.9 */
  readonly beta1?: number | undefined;
  /** Default: 0.999 */
  readonly beta2?: number | undefined;
  /** Default: 1e-8 */
  readonly epsilon?: number | undefined;
}

/** With what was left out at its default: PyTorch's. Clipping is done before, by either optimizer. */
export const adamwOf = ({ weightDecay, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 }: AdamwOptions) => {
  return { weightDecay, beta1, beta2, epsilon };
};

/** The vectors that the optimizer keeps of all parameters, each with the prefix of its tensors' names. */
export const momentsOf = ({ adamw }: Optimizer): Readonly<Record<string, string>> =>
  adamw ? { mean: "adamw_mean.", variance: "adamw_variance." } : { momentum: "sgd_momentum." };

/** @throws MaskconError "config" where an option cannot work, naming the first */
export function checkOptimizer({ sgd, adamw }: Optimizer): void {
  if (sgd && adamw) fail("config", { where: "sgd, adamw", expected: "one of the two", found: "both" });
  if (sgd) checkSgd(sgd);
  else if (adamw) checkAdamw(adamw);
  else fail("config", { where: "sgd, adamw", expected: "one of the two", found: "neither" });
  const clipNorm = clipNormOf({ sgd, adamw });
  if (clipNorm === undefined) return;
  const holds = Math.fround(clipNorm) > 0 && Number.isFinite(Math.fround(clipNorm));
  check(holds, `${sgd ? "sgd" : "adamw"}.clipNorm`, "a number above 0", clipNorm);
}

export const clipNormOf = ({ sgd, adamw }: Optimizer): number | undefined => (adamw ?? sgd)?.clipNorm;

function checkSgd({ momentum, weightDecay }: SgdOptions): void {
  check(momentum >= 0 && momentum < 1, "sgd.momentum", "a number from 0 to below 1", momentum);
  checkDecay("sgd", weightDecay);
}

function checkAdamw(options: AdamwOptions): void {
  const { beta1, beta2, epsilon, weightDecay } = adamwOf(options);
  check(beta1 >= 0 && beta1 < 1, "adamw.beta1", "a number from 0 to below 1", beta1);
  check(beta2 >= 0 && beta2 < 1, "adamw.beta2", "a number from 0 to below 1", beta2);
  check(epsilon > 0 && Number.isFinite(epsilon), "adamw.epsilon", "a number above 0", epsilon);
  checkDecay("adamw", weightDecay);
}

function checkDecay(name: string, weightDecay: number): void {
  const holds = weightDecay >= 0 && Number.isFinite(weightDecay);
  check(holds, `${name}.weightDecay`, "a number of 0 or more", weightDecay);
}

function check(holds: boolean, where: string, expected: string, found: number): void {
  if (!holds) fail("config", { where, expected, found: String(found) });
}
