import {
  type MethodName,
  type MethodOptions,
  type MethodSetting,
  methodNames,
  methodOf,
  objectiveOf,
  type SoftLabel,
} from "../methods/index.ts";
import { type Measurement, measureTargets, type TargetMeasure } from "./measure.ts";
import type { Relations } from "./relations.ts";

/** One method's row of the diagnosis. */
export interface MethodMeasure extends TargetMeasure {
  readonly method: MethodName;
  readonly softWeight: number;
  /** null: infinite, all entries of the coarse class alike. */
  readonly softTemperature: number | null;
  /** (2 / T0) * TV: how far the loss under t may be from the loss under t*, whatever the query encoder. */
  readonly bound: number;
}

/** The methods of one diagnosis on the same keys, and t* itself. */
export interface Diagnosis {
  readonly queries: number;
  readonly methods: readonly MethodMeasure[];
  readonly fine: Measurement["fine"];
  /** The method with the smallest mean TV, and by how much it leads the next (paired over the queries). */
  readonly nearest: {
    readonly method: MethodName;
    readonly next: MethodName;
    readonly lead: number;
    readonly leadStandardError: number;
  };
}

/** What a run's configuration says of its method. */
export interface RunMethod {
  readonly method: MethodName;
  readonly softWeight: number;
  readonly softTemperature: number;
}

/**
 * The methods that learn from targets over the coarse labels alone (SelfCon, SupCon, Grafit, MaskCon), those with fewer
 * settings first. T is the run's; w is the run's for its own method and the usual one for others.
 * @param run its method and settings
 */
export function comparedMethods({ method, softWeight, softTemperature }: RunMethod): MethodOptions[] {
  return methodsOfTargets().map((name) => ({
    name,
    ...(uses(name, "softTemperature") ? { softTemperature } : {}),
    ...(uses(name, "softWeight") && name === method ? { softWeight } : {}),
  }));
}

function methodsOfTargets(): MethodName[] {
  const isOne = (name: MethodName) => {
    const { contrastive, coarseWeight } = objectiveOf({ name });
    return methodOf(name).labels === "coarse" && contrastive?.weight === 1 && coarseWeight === 0;
  };
  return methodNames.filter(isOne).sort((a, b) => methodOf(a).settings.length - methodOf(b).settings.length);
}

const uses = (name: MethodName, setting: MethodSetting): boolean => methodOf(name).settings.includes(setting);

/** The method with the fewest settings that has these targets, with the settings that it needs for them. */
export function methodWithTargets({ softWeight, softTemperature }: SoftLabel): MethodOptions {
  const options = methodsOfTargets().map((name) => ({
    name,
    ...(uses(name, "softWeight") ? { softWeight } : {}),
    ...(uses(name, "softTemperature") ? { softTemperature } : {}),
  }));
  // Without a share of the soft target its temperature means nothing.
  return options.find((method) => {
    const label = softLabelOf(method);
    return label.softWeight === softWeight && (softWeight === 0 || label.softTemperature === softTemperature);
  })!;
}

/** Measures each method's targets against the fine relations. `temperature` is T0. */
export function diagnose(relations: Relations, methods: readonly MethodOptions[], temperature: number): Diagnosis {
  const labels = methods.map(softLabelOf);
  const { queries, measures, fine } = measureTargets(relations, labels);
  const order = [...measures.keys()].sort((a, b) => measures[a]!.totalVariation - measures[b]!.totalVariation);
  const [first, second = first] = order as [number, number?];
  return {
    queries,
    methods: measures.map(({ rows: _, ...measure }, i) => ({
      method: methods[i]!.name,
      softWeight: labels[i]!.softWeight,
      softTemperature: finite(labels[i]!.softTemperature),
      bound: (2 / temperature) * measure.totalVariation,
      ...measure,
    })),
    fine,
    nearest: {
      method: methods[first]!.name,
      next: methods[second]!.name,
      ...pairedLead(measures[first]!.rows, measures[second]!.rows),
    },
  };
}

export const finite = (temperature: number): number | null => (Number.isFinite(temperature) ? temperature : null);

function softLabelOf(options: MethodOptions): SoftLabel {
  const { softWeight, softTemperature } = objectiveOf(options).contrastive!;
  return { softWeight, softTemperature };
}

function pairedLead(first: Float64Array, second: Float64Array): { lead: number; leadStandardError: number } {
  const n = first.length;
  if (n === 0) return { lead: 0, leadStandardError: 0 };
  const gaps = second.map((value, i) => value - first[i]!);
  const lead = gaps.reduce((a, b) => a + b, 0) / n;
  const squares = gaps.reduce((sum, gap) => sum + (gap - lead) ** 2, 0);
  return { lead, leadStandardError: n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n) };
}
