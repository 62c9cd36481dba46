import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/core/index.ts";
import { compileStep, type Step, type StepOptions } from "../../src/step/index.ts";
import { type HeadConfig, headBatch, headStart, inReference, optimizerOf } from "./head-start.ts";
import type { Statistics } from "./trajectory.ts";

interface HeadTrajectory {
  readonly config: HeadConfig & {
    readonly mode: "maskcon" | "selfcon" | "supce";
    readonly features: number;
    readonly groups?: Readonly<Record<string, { readonly scale?: number; readonly decays?: boolean }>>;
  };
  readonly losses: readonly number[];
  /** Of the gradients before they are clipped. */
  readonly norms?: readonly number[];
  readonly query_params: Readonly<Record<string, Statistics>>;
}

const { trajectories } = JSON.parse(readFileSync(new URL("head-trajectories.json", import.meta.url), "utf8")) as {
  trajectories: HeadTrajectory[];
};

function groupsOf({ groups = {} }: HeadTrajectory["config"]): NonNullable<StepOptions["parameterGroups"]> {
  const named = Object.entries(groups).map(([key, { scale, decays }]) => [key, { rateScale: scale, decays }]);
  return Object.fromEntries(named);
}

async function openStep(c: HeadTrajectory["config"], lowering: StepOptions["lowering"] & string): Promise<Step> {
  const step = await compileStep({
    backbone: { features: c.features, ...(c.whitened > 0 && { whitened: c.whitened }) },
    ...{ imageSize: 32, batchSize: c.batch, embeddingDim: c.dim, coarseClasses: c.coarse_classes, queueSize: c.queue },
    method: { name: c.mode, softTemperature: c.T, coarseWeight: c.coarse_weight },
    ...{ temperature: c.T0, keyMomentum: c.m, ...optimizerOf(c), parameterGroups: groupsOf(c) },
    ...{ device: "cpu", seed: 0, lowering },
  });
  await step.load(headStart(await step.save(), c));
  return step;
}

/** PyTorch's losses and parameters behind a frozen model, with its AdamW or SGD (tools/reference). */
describe.each(trajectories.map((trajectory) => [trajectory.config.name, trajectory] as const))(
  "%s",
  (_, trajectory) => {
    test.each(["auto", "portable"] as const)("%s lowering", async (lowering) => {
      const { config, losses, norms, query_params } = trajectory;
      const step = await openStep(config, lowering);
      try {
        for (const [s, expected] of losses.entries()) {
          const { loss, gradientNorm } = await step.run(headBatch(config, [config.features], s));
          expect(loss, `loss of step ${s}`).toBeCloseTo(expected, 4);
          if (norms) expect(gradientNorm! / norms[s]!, `norm of step ${s}`).toBeCloseTo(1, 5);
          else expect(gradientNorm).toBeUndefined();
        }
        const state = await step.save();
        const names = Object.keys(state).filter((name) =>
          /^query_encoder\.(net\.adapter|projector|classifier)/.test(name),
        );
        const trained = names.map(inReference);
        // SupCE has no projector here.
        const kept = Object.keys(query_params).filter(
          (name) => config.mode !== "supce" || !name.startsWith("projector"),
        );
        expect(trained.sort()).toEqual(kept.sort());
        for (const name of names) {
          const { shape } = state[name]!;
          const data = state[name]!.data as Float32Array;
          const expected = query_params[inReference(name)]!;
          for (const [i, value] of expected.first.entries())
            expect(Math.abs(data[i]! - value), name).toBeLessThan(1e-5);
          expect(Math.abs(data.at(-1)! - expected.last), name).toBeLessThan(1e-5);
          const l2 = Math.sqrt(data.reduce((sum, x) => sum + x ** 2, 0));
          expect(Math.abs(l2 - expected.l2) / Math.sqrt(sizeOf(shape)), name).toBeLessThan(1e-5);
        }
      } finally {
        await step.close();
      }
    });
  },
);
