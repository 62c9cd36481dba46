import type { Collection } from "../collection/index.ts";
import { didYouMean, fail } from "../core/index.ts";

/**
 * The numbers of coarse classes by their names, -1 for null; undefined where all are meant.
 * @throws MaskconError "usage" where a class is not known
 */
export function wantedClasses(
  { rows }: Collection,
  coarse: readonly (string | null)[] | undefined,
): ReadonlySet<number> | undefined {
  const { names } = rows.coarse;
  const wanted = coarse?.map((name) => {
    const number = name === null ? -1 : names.indexOf(name);
    if (number >= 0 || name === null) return number;
    const expected = "a coarse class of the collection";
    return fail("usage", { where: "coarse", expected, found: JSON.stringify(name), fix: didYouMean(name, names) });
  });
  return wanted && new Set(wanted);
}
