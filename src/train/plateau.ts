import type { RunConfig } from "../config/index.ts";
import { objectiveOf } from "../methods/index.ts";

/** Steps in a row on the plateau that bring a warning. */
const PATIENCE = 100;
/** Share of the loss by which it may differ; a loss that only crosses the plateau soon differs by more. */
const NEARNESS = 2e-4;

/**
 * Warns once when the loss stays at ln(K + 1), its value where all keys look alike, whatever the targets. Methods whose
 * targets give the own key little weight can stay there for hundreds of steps (docs/results.md). Undefined while there is
 * no warning. A loss with a cross-entropy in it never brings one: the cross-entropy hides the plateau.
 */
export function watchPlateau(config: RunConfig): (loss: number) => string | undefined {
  const { method, softWeight, coarseWeight, coarseWeightEnd, queueSize } = config;
  const objective = objectiveOf({ name: method, ...(softWeight === undefined ? {} : { softWeight }), coarseWeight });
  const plateau = Math.log(queueSize + 1);
  const watched = objective.contrastive && objective.coarseWeight === 0 && !coarseWeightEnd;
  let steps = 0;
  return (loss) => {
    steps = Math.abs(loss - plateau) < NEARNESS * plateau ? steps + 1 : 0;
    if (!watched || steps !== PATIENCE) return undefined;
    steps = Number.NEGATIVE_INFINITY;
    return `the loss has stayed at ln(K + 1) = ${plateau.toFixed(3)} for ${PATIENCE} steps: to the encoder all keys look alike. it may leave this plateau in time; maskcon with --soft-weight 0.5, grafit and selfcon seldom stay on it`;
  };
}
