import { nounFor } from "../../../core/index.ts";
import type { SoftSetting, SoftTargets } from "./soft-targets.ts";
import type { TargetKeys } from "./use-target-keys.ts";

interface FormulaProps {
  readonly keys: TargetKeys;
  readonly coarse: string;
  readonly setting: SoftSetting;
  /** MaskCon's. */
  readonly targets: SoftTargets;
}

/** MaskCon's targets in words, with the numbers of this image. */
export function Formula({ keys, coarse, setting, targets }: FormulaProps) {
  const { softWeight: w, softTemperature: T } = setting;
  const nearest = keys.similarities[0];
  const count = (number: number) => number.toLocaleString("en");
  const first = `Of the ${count(keys.queue)} ${nounFor(keys.queue, "key")} in the queue, ${count(keys.ids.length)} ${nounFor(keys.ids.length, "has", "have")} the coarse class ${coarse}.`;
  if (nearest === undefined) return <p>{`${first} The target is the own key alone.`}</p>;
  const share = w / (1 + targets.total);
  return (
    <ol class="formula">
      <li>{first} The others are masked: their target is 0.</li>
      <li>
        The nearest of them has the similarity {short(nearest)}. An entry of the similarity s weighs{" "}
        <b>
          z = exp((s − {short(nearest)}) / {T})
        </b>
        : 1 for the nearest, {short(Math.exp(-0.1 / T))} for one that is 0.1 below it.
      </li>
      <li>
        The own key weighs 1, all entries together {short(targets.total)}. Divided by the sum, and times w, an entry's
        target is{" "}
        <b>
          {w} × z / {short(1 + targets.total)}
        </b>
        : {shareText(share)} for the nearest.
      </li>
      <li>
        The own key has the same {shareText(share)}
        {w < 1 && ` and the rest, 1 − w = ${short(1 - w)}: ${shareText(targets.own)}`}.
      </li>
    </ol>
  );
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
export const shareText = (share: number): string => `${Number((100 * share).toPrecision(3))}%`;
