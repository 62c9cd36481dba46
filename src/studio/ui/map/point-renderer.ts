import type { Palette } from "./class-colours.ts";
import type { Viewport } from "./viewport.ts";

/** Bits of a point's state. */
export const pointStates = { hidden: 1, selected: 2 } as const;

/** Colours of the page, each part from 0 to 255. */
export interface PlotColours {
  readonly ground: readonly [number, number, number];
  readonly accent: readonly [number, number, number];
}

/** Draws points onto a canvas; arrays are [n] and hold until they are given anew. */
export interface PointRenderer {
  readonly kind: "webgl2" | "canvas";
  setPlaces(places: Float32Array): void;
  setClasses(classes: Uint16Array, palette: Palette): void;
  setStates(states: Uint8Array): void;
  draw(view: Viewport, colours: PlotColours, ratio: number): void;
  /** Waits until all is drawn. */
  finish(): void;
  close(): void;
}

/** A selected point is larger, in pixels of the page. */
export const SELECTED_MORE = 3;

/** Across a point, in pixels of the page: the more are in sight, the smaller. */
export function pointSize(points: number, { scale }: Viewport, whole: number): number {
  const magnified = Math.max(1, scale / whole);
  return Math.min(14, Math.max(2.5, 9 - 1.4 * Math.log10(Math.max(1, points))) * magnified ** 0.3);
}
