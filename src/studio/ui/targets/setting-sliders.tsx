import { useId } from "preact/hooks";
import type { SoftSetting } from "./soft-targets.ts";

interface SettingSlidersProps {
  readonly setting: SoftSetting;
  readonly change: (setting: SoftSetting) => void;
}

/** The range of T: below and above it, nothing changes any more. */
const LEAST_T = 0.005;
const MOST_T = 5;
/** Steps of the slider, in equal ratios of T. */
const STEPS = 120;

/** Sliders for T, on a log scale, and w. */
export function SettingSliders({ setting, change }: SettingSlidersProps) {
  const { softTemperature: T, softWeight: w } = setting;
  const place = (STEPS * Math.log(T / LEAST_T)) / Math.log(MOST_T / LEAST_T);
  const temperatureAt = (step: number) => Number((LEAST_T * (MOST_T / LEAST_T) ** (step / STEPS)).toPrecision(3));
  return (
    <fieldset class="sliders" aria-label="Settings of MaskCon">
      <Slider
        {...{ label: "T", value: place, max: STEPS, step: 1, text: String(T) }}
        change={(step) => change({ ...setting, softTemperature: temperatureAt(step) })}
      />
      <Slider
        {...{ label: "w", value: w, max: 1, step: 0.01, text: String(w) }}
        change={(softWeight) => change({ ...setting, softWeight })}
      />
    </fieldset>
  );
}

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
  /** What a value is rounded to once the slider moves; the run's own need not be such a one. */
  readonly step: number;
  readonly text: string;
  readonly change: (value: number) => void;
}

function Slider({ label, value, max, step, text, change }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <input
        type="range"
        {...{ id, min: 0, max, step: "any", value }}
        aria-valuetext={text}
        onInput={({ currentTarget }) => change(rounded(currentTarget.valueAsNumber, step))}
      />
      <output for={id}>{text}</output>
    </div>
  );
}

const rounded = (value: number, step: number): number => Number((Math.round(value / step) * step).toFixed(2));
