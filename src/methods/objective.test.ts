import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "vitest";
import { MaskconError } from "../core/index.ts";
import { methodNames, methodOf, methodSettingNames, objectiveOf, schedulable, weighsOwnKeys } from "./index.ts";

describe("what a method asks of the step", () => {
  test("CoIns shares its weight between cross-entropy and SelfCon", () => {
    expect(objectiveOf({ name: "coins", softWeight: 0.25 })).toMatchObject({
      contrastive: { weight: 0.75, softWeight: 0 },
      coarseWeight: 0.25,
    });
  });

  test("SupCE is CoIns with w = 1: no contrastive part, so no key encoder and no queue", () => {
    expect(objectiveOf({ name: "supce" })).toEqual({ contrastive: undefined, coarseWeight: 1 });
    expect(objectiveOf({ name: "coins", softWeight: 1 })).toEqual(objectiveOf({ name: "supce" }));
  });

  test.each(methodNames)("coarseWeight is added to whatever %s has", (name) => {
    const without = objectiveOf({ name });
    const added = objectiveOf({ name, coarseWeight: 0.5 });
    expect(added.contrastive).toEqual(without.contrastive);
    expect(added.coarseWeight).toBeCloseTo(without.coarseWeight + 0.5, 12);
  });

  test.each(methodNames)("%s uses the settings of its row and no others", (name) => {
    const { settings, scheduled } = methodOf(name);
    const given = { softWeight: 0.25, softTemperature: 0.7, coarseWeight: 0.5 };
    const changing = methodSettingNames.filter(
      (setting) => !isDeepStrictEqual(objectiveOf({ name, [setting]: given[setting] }), objectiveOf({ name })),
    );
    expect(settings).toEqual(changing);
    expect(settings).toEqual(expect.arrayContaining([...scheduled]));
  });

  test("only settings a method uses can change during a run", () => {
    expect(Object.fromEntries(methodNames.map((name) => [name, schedulable({ name })]))).toEqual({
      maskcon: ["softWeight", "softTemperature", "coarseWeight"],
      selfcon: ["coarseWeight"],
      supcon: ["coarseWeight"],
      grafit: ["softWeight", "coarseWeight"],
      coins: [],
      supce: [],
      supfine: ["coarseWeight"],
    });
  });

  test("own keys that are positives change the targets of all but SupCon, on whatever labels, and SupCE", () => {
    expect(methodNames.filter(weighsOwnKeys)).toEqual(["maskcon", "selfcon", "grafit", "coins"]);
  });

  test("the paper's settings are the defaults", () => {
    expect(objectiveOf({ name: "maskcon" })).toEqual({
      contrastive: { weight: 1, softWeight: 1, softTemperature: 0.05 },
      coarseWeight: 0,
    });
  });
});

test.each([
  [{ name: "moco" }, "method.name"],
  [{ name: "toString" }, "method.name"],
  [{ name: "maskcon", softWeight: 1.5 }, "method.softWeight"],
  [{ name: "maskcon", softWeight: Number.NaN }, "method.softWeight"],
  [{ name: "maskcon", softTemperature: 0 }, "method.softTemperature"],
  [{ name: "maskcon", softTemperature: -1 }, "method.softTemperature"],
  [{ name: "selfcon", coarseWeight: -1 }, "method.coarseWeight"],
  [{ name: "selfcon", coarseWeight: Number.POSITIVE_INFINITY }, "method.coarseWeight"],
])("%o is refused, naming the option", (options, where) => {
  const error = (() => {
    try {
      objectiveOf(options as never);
    } catch (caught) {
      return caught;
    }
    return undefined;
  })();
  expect(error).toBeInstanceOf(MaskconError);
  expect(error).toMatchObject({ code: "config", failure: { where } });
});
