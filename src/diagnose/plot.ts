import { type LineSeries, lineChart } from "../charts/index.ts";
import type { Diagnosis } from "./compare-methods.ts";
import type { SettingMeasure } from "./propose.ts";

const size = { width: 760, height: 440 };
const Y_LABEL = "mean total variation to the fine relations";
/** Half the width of a 95% interval, in standard errors. */
const SIGMAS = 1.96;

/** Total variation of each method over the epochs, with 95% intervals, as an SVG. */
export function plotEpochs(title: string, diagnoses: readonly (Diagnosis & { readonly epoch: number })[]): string {
  const methods = diagnoses[0]?.methods.map(({ method }) => method) ?? [];
  const series = methods.map((method, at): LineSeries => {
    const rows = diagnoses.map(({ epoch, methods }) => ({ epoch, ...methods[at]! }));
    return {
      name: method,
      points: rows.map(({ epoch, totalVariation }) => [epoch, totalVariation]),
      band: rows.map(({ epoch, totalVariation: tv, standardError }) => [
        epoch,
        tv - SIGMAS * standardError,
        tv + SIGMAS * standardError,
      ]),
    };
  });
  return lineChart({ ...size, title, xLabel: "epoch", yLabel: Y_LABEL, series });
}

const plottedWeights = [1, 0.8, 0.5];

/** Total variation of MaskCon over T for some w, between SelfCon and SupCon, as an SVG. */
export function plotTemperatures(title: string, tried: readonly SettingMeasure[]): string {
  const finite = tried.flatMap(({ softTemperature: t, ...rest }) => (t === null ? [] : [{ t, ...rest }]));
  const temperatures = [...new Set(finite.map(({ t }) => t))].sort((a, b) => a - b);
  const level = (name: string, softWeight: number): LineSeries => {
    const at = tried.find((setting) => setting.softTemperature === null && setting.softWeight === softWeight);
    return { name, points: temperatures.map((t) => [t, at?.totalVariation ?? Number.NaN]) };
  };
  const maskcon = plottedWeights.map(
    (w): LineSeries => ({
      name: `maskcon, w ${w}`,
      points: finite
        .filter(({ softWeight }) => softWeight === w)
        .sort((a, b) => a.t - b.t)
        .map(({ t, totalVariation }) => [t, totalVariation]),
    }),
  );
  const series = [level("selfcon", 0), level("supcon", 1), ...maskcon];
  return lineChart({ ...size, title, xLabel: "T (softTemperature)", yLabel: Y_LABEL, logX: true, series });
}
