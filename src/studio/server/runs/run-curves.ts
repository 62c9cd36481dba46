import type { EvalEvent, MetricsPiece } from "../../../run/index.ts";
import type { CurveNews } from "../../protocol.ts";
import { type ThinCurve, thinCurve } from "./thin-curve.ts";

/** Those of the K of an evaluation that are drawn. */
const ks = ["1", "2", "5", "10"];

/** The curves of one run, and how far it is. Each point has a tick of its own, so that whoever asks again gets the rest. */
export interface RunCurves {
  take(piece: MetricsPiece): void;
  since(tick: number): CurveNews[];
  readonly tick: number;
  readonly step: number;
  readonly start: { readonly steps: number; readonly stepsPerEpoch: number } | undefined;
  readonly reason: "finished" | "interrupted" | undefined;
  readonly problems: readonly string[];
}

/** @param method the run's own: its targets have a curve */
export function runCurves(method: string | null): RunCurves {
  const curves = new Map<string, ThinCurve>();
  const counts = { unread: 0, others: 0, notFinite: 0, back: 0 };
  const state = { tick: 0, step: 0, start: undefined as RunCurves["start"], reason: undefined as RunCurves["reason"] };

  function add(name: string, step: number, value: number | undefined): void {
    if (value === undefined) return;
    state.step = Math.max(state.step, step);
    if (!Number.isFinite(value)) counts.notFinite++;
    else if (!curveOf(name).add(step, value, state.tick + 1)) return;
    else state.tick++;
  }

  function curveOf(name: string): ThinCurve {
    const curve = curves.get(name) ?? thinCurve();
    curves.set(name, curve);
    return curve;
  }

  return {
    take({ events, unread, others }) {
      Object.assign(counts, { unread, others });
      for (const { step, loss, learningRate, imagesPerSecond, gradientNorm } of events.steps) {
        if (step < state.step) counts.back++;
        add("loss", step, loss);
        add("learningRate", step, learningRate);
        add("imagesPerSecond", step, imagesPerSecond);
        if (typeof gradientNorm === "number") add("gradientNorm", step, gradientNorm);
      }
      for (const event of events.evals) for (const [name, value] of recallsOf(event)) add(name, event.step, value);
      for (const { step, methods } of events.diagnoses) {
        add("targets", step, methods.find((row) => row.method === method)?.totalVariation);
      }
      const start = events.starts.at(-1);
      if (start) Object.assign(state, { start: { steps: start.steps, stepsPerEpoch: start.stepsPerEpoch } });
      const reason = events.ends.at(-1)?.reason;
      if (start || reason) state.reason = reason === "finished" || reason === "interrupted" ? reason : undefined;
    },
    since: (tick) => [...curves].flatMap(([curve, points]) => newsOf(curve, points, tick)),
    get tick() {
      return state.tick;
    },
    get step() {
      return state.step;
    },
    get start() {
      return state.start;
    },
    get reason() {
      return state.reason;
    },
    get problems() {
      return problemsOf(counts);
    },
  };
}

function newsOf(curve: string, points: ThinCurve, tick: number): CurveNews[] {
  const end = points.since(tick);
  return end ? [{ curve, ...end }] : [];
}

/** The frozen encoder stands at step 0, before the trained one. */
function recallsOf({ encoder, recall }: EvalEvent): [name: string, share: number | undefined][] {
  if (encoder !== "trained" && encoder !== "frozen") return [];
  return (["fine", "within", "coarse"] as const).flatMap((kind) =>
    ks.map((k): [string, number | undefined] => [`${kind}@${k}`, recall[kind]?.[k]]),
  );
}

function problemsOf({ unread, others, notFinite, back }: Record<string, number>): string[] {
  const lines = [
    [unread, "Lines of its metrics that are unreadable or torn, passed over"],
    [others, "Lines of its metrics that are of another run, passed over"],
    [notFinite, "Values that are no finite numbers, left out"],
    [back, "Steps that stand behind later ones, left out"],
  ] as const;
  return lines.flatMap(([count, what]) => (count ? [`${what}: ${count}.`] : []));
}
