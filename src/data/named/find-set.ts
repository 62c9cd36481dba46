import type { Scan } from "../collections/scan.ts";
import type { NamedSet } from "./named-set.ts";

/** Whether the folder has one of the set's rows of signs. */
export async function isHere(set: NamedSet, scan: Scan): Promise<boolean> {
  for (const row of set.signs) if (await holdsAll(scan, row)) return true;
  return false;
}

/** The folders in it that hold the set: for each row of its `folders`, the first. */
export async function placesInside(set: NamedSet, scan: Scan): Promise<Scan[]> {
  const places: Scan[] = [];
  const any = [...set.signs.flat(), ...set.parts];
  for (const row of set.folders) {
    for (const folder of row) {
      const inside = await scan.inside(folder);
      if (!(await holdsAny(inside, any))) continue;
      places.push(inside);
      break;
    }
  }
  return places;
}

/** Where a set is: in the folder itself, or in one that unpacking made; undefined if in neither. */
export const placeOf = async (set: NamedSet, scan: Scan): Promise<Scan | undefined> =>
  (await isHere(set, scan)) ? scan : (await placesInside(set, scan))[0];

async function holdsAll(scan: Scan, signs: readonly string[]): Promise<boolean> {
  for (const sign of signs) if (!(await scan.holds(sign))) return false;
  return true;
}

async function holdsAny(scan: Scan, signs: readonly string[]): Promise<boolean> {
  for (const sign of signs) if (await scan.holds(sign)) return true;
  return false;
}

/** How many of the set's signs and parts the folder has. */
export async function countOf(set: NamedSet, scan: Scan): Promise<number> {
  let count = 0;
  for (const sign of new Set([...set.signs.flat(), ...set.parts])) if (await scan.holds(sign)) count++;
  return count;
}
