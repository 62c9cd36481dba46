import { fail, firstFew } from "../core/index.ts";
import type { FlatLayout } from "./layout.ts";

/** How the optimizer treats some parameters, as PyTorch's parameter groups do. */
export interface ParameterGroup {
  /** Times the learning rate, which weight decay is multiplied by, too. 0 freezes. Default: 1 */
  readonly rateScale?: number | undefined;
  /** Whether they decay. Default: what the optimizer does without groups */
  readonly decays?: boolean | undefined;
}

/**
 * By the name of one parameter (`net.conv1.weight`), or by the start of several names, which ends in a dot
 * (`net.layer1.`). The longest one applies.
 */
export type ParameterGroups = Readonly<Record<string, ParameterGroup>>;

/** @throws MaskconError "config" where a scale is no number of 0 or more */
export function checkGroups(groups: ParameterGroups): void {
  for (const [key, { rateScale = 1 }] of Object.entries(groups)) {
    const scale = Math.fround(rateScale);
    if (scale >= 0 && Number.isFinite(scale)) continue;
    const where = `parameterGroups["${key}"].rateScale`;
    fail("config", { where, expected: "a number of 0 or more", found: String(rateScale) });
  }
}

/** A step has these only where its method uses them. */
const heads = ["projector.", "classifier."];

/**
 * The group of every parameter, in the order of the layout.
 * @throws MaskconError "config" where a group has no parameters
 */
export function parameterGroupsOf({ slices }: FlatLayout, groups: ParameterGroups = {}): readonly ParameterGroup[] {
  const keys = Object.keys(groups);
  const starts = keys.filter((key) => key.endsWith(".")).sort((a, b) => b.length - a.length);
  const keyOf = (name: string): string | undefined =>
    Object.hasOwn(groups, name) ? name : starts.find((start) => name.startsWith(start));
  const has = (key: string) => slices.some(({ name }) => name === key || (key.endsWith(".") && name.startsWith(key)));
  const absent = heads.filter((head) => !has(head));
  const unknown = keys.filter((key) => !has(key) && !absent.some((head) => key.startsWith(head)));
  if (unknown.length > 0) {
    const found = firstFew(unknown.map((key) => `"${key}"`));
    const expected = `names of parameters, as ${firstFew(slices.map(({ name }) => name))}`;
    fail("config", { where: "parameterGroups", expected, found });
  }
  return slices.map(({ name }) => {
    const key = keyOf(name);
    return key === undefined ? {} : groups[key]!;
  });
}
