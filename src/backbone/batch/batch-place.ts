import type { Shape } from "../../core/index.ts";

/** Where the images of a batch lie in a tensor: along one axis, which has outer x batch x inner places. */
export interface BatchPlace {
  readonly axis: number;
  readonly outer: number;
  readonly inner: number;
}

/** Of the images themselves, and of features. */
export const firstAxis: BatchPlace = { axis: 0, outer: 1, inner: 1 };

export const samePlace = (a: BatchPlace, b: BatchPlace): boolean =>
  a.axis === b.axis && a.outer === b.outer && a.inner === b.inner;

/** Whether images lie along an axis one after the other and nothing else does. */
export const isAlone = ({ outer, inner }: BatchPlace): boolean => outer === 1 && inner === 1;

const product = (sizes: Shape): number => sizes.reduce((all, n) => all * n, 1);

/**
 * Where images may lie once a tensor is reshaped, the likeliest first. At batch 1 there can be several: numbers alone do not say
 * which axis of length 1 is the batch.
 */
export function reshapedPlaces(from: Shape, { axis, outer }: BatchPlace, to: Shape, batch: number): BatchPlace[] {
  const before = product(from.slice(0, axis)) * outer;
  const found: BatchPlace[] = [];
  let left = 1;
  for (const [at, size] of to.entries()) {
    const own = before / left;
    const inner = size / (own * batch);
    if (Number.isInteger(own) && Number.isInteger(inner) && inner > 0) found.push({ axis: at, outer: own, inner });
    left *= size;
  }
  const rank = (place: BatchPlace) => (isAlone(place) ? 0 : place.inner === 1 || place.outer === 1 ? 1 : 2);
  return found.sort((a, b) => rank(a) - rank(b));
}
