import type { RunConfig } from "../config/index.ts";
import { type MethodSetting, methodSettingNames, methodSettings } from "../methods/index.ts";

type Ends = Pick<RunConfig, MethodSetting | `${MethodSetting}End`>;

/** The settings of the method that change during the run. */
export const changingSettings = (config: Ends): MethodSetting[] =>
  methodSettingNames.filter((name) => config[`${name}End`] !== undefined);

/**
 * Their values at a step counted from 0, from the run's first value at its first step to `...End` at its last: weights
 * in equal steps, the temperature in equal ratios.
 */
export function settingsAt(config: Ends, step: number, totalSteps: number): Partial<Record<MethodSetting, number>> {
  const share = totalSteps > 1 ? step / (totalSteps - 1) : 1;
  return Object.fromEntries(
    changingSettings(config).map((name) => {
      return [name, methodSettings[name].between(config[name], config[`${name}End`]!, share)];
    }),
  );
}

/**
 * How far the average of weights moves to the encoder after a step: all the way (it is the encoder itself) up to the first
 * step of the run's last `averageEpochs` epochs, then 1/2, 1/3 ...: the plain mean over their steps (Izmailov et al. 2018,
 * with every step instead of every epoch).
 */
export function averageRate(
  { averageEpochs }: Pick<RunConfig, "averageEpochs">,
  step: number,
  { totalSteps, stepsPerEpoch }: { totalSteps: number; stepsPerEpoch: number },
): number {
  const first = Math.max(0, totalSteps - Math.round(averageEpochs * stepsPerEpoch));
  return 1 / Math.max(1, step - first + 1);
}
