import type { Palette } from "./class-colours.ts";
import { followGestures } from "./gestures.ts";
import { type Polygon, pointsInside } from "./lasso.ts";
import { openScene, type PlotScene } from "./plot-scene.ts";
import { panned, toPlane, type Viewport, zoomed } from "./viewport.ts";

export interface MapPlotOptions {
  /** Where the picture of a point is. */
  readonly url: (point: number) => string;
  /** A point was clicked; -1: the ground. */
  readonly onPick: (point: number, event: PointerEvent) => void;
  /** The pointer is over a point, at a place in pixels from the corner; -1: none. */
  readonly onHover?: ((point: number, at: { readonly x: number; readonly y: number }) => void) | undefined;
  /** The points in a lasso that are not hidden, ascending. */
  readonly onLasso: (points: Int32Array, event: { readonly adds: boolean }) => void;
  /** Draws without WebGL2, also where there is. */
  readonly plain?: boolean | undefined;
}

/** Points in the plane, to be moved, magnified, picked and encircled. */
export interface MapPlot {
  kind(): "webgl2" | "canvas";
  /** [n, 2]; NaN for a point without a place. All is seen then, but where there were as many points before. */
  setPlaces(places: Float32Array): void;
  /** [n] places in the palette. */
  setClasses(classes: Uint16Array, palette: Palette): void;
  /** [n], bits of `pointStates`. */
  setStates(states: Uint8Array): void;
  /** Whether a drag draws a lasso. */
  setLassoMode(isOn: boolean): void;
  fit(): void;
  /** By pixels of the page: the points follow. */
  pan(right: number, down: number): void;
  /** About a place in pixels from the corner, or the middle. */
  zoom(factor: number, at?: { readonly x: number; readonly y: number }): void;
  /** The point near a place in pixels from the corner; -1: none. */
  pointAt(at: { readonly x: number; readonly y: number }): number;
  /** Points in a polygon of the plane that are not hidden, ascending. */
  inside(polygon: Polygon): Int32Array;
  /** The lasso that keys draw: corners and the cross-hair, in the plane; undefined: none is drawn. */
  drawLasso(corners: readonly number[], crosshair: { readonly x: number; readonly y: number } | undefined): void;
  viewport(): Viewport;
  /** Draws at once and waits until it is done. */
  drawNow(): void;
  close(): void;
}

/** Pixels between two corners of a lasso, at least, and corners of one, at most. */
const LASSO = { step: 3, most: 4000 } as const;
const LEAST_CORNERS = 3;

/** Fills an element that has a size and is positioned. */
export function openMapPlot(box: HTMLElement, options: MapPlotOptions): MapPlot {
  const scene = openScene(box, options);
  let drawsLasso = false;
  const see = (view: Viewport) => scene.show({ view });
  const view = () => scene.shown().view;
  const pan = (right: number, down: number) => see(panned(view(), right, down));
  const zoom = (factor: number, at = { x: view().width / 2, y: view().height / 2 }) =>
    see(zoomed(view(), factor, at, scene.shown().whole));
  const inside = (polygon: Polygon) => pointsInside(scene.shown().grid, polygon, scene.isVisible);
  const stop = followGestures(box, {
    ...{ pan, zoom, drawsLasso: () => drawsLasso },
    ...lassoByPointer(scene, (corners, adds) => options.onLasso(inside(Float64Array.from(corners)), { adds })),
    hover(at) {
      const over = at ? scene.under(at) : -1;
      if (over === scene.shown().over) return;
      scene.show({ over });
      options.onHover?.(over, at ?? { x: 0, y: 0 });
    },
    click: (at, event) => options.onPick(scene.under(at), event),
  });
  return {
    ...{ pan, zoom, inside, viewport: view, kind: scene.kind },
    ...{ setPlaces: scene.setPlaces, setClasses: scene.setClasses, setStates: scene.setStates },
    setLassoMode(isOn) {
      drawsLasso = isOn;
    },
    fit: () => see(scene.shown().whole),
    pointAt: scene.under,
    drawLasso: (lasso, crosshair) => scene.show({ lasso, crosshair }),
    drawNow: scene.drawNow,
    close() {
      stop();
      scene.close();
    },
  };
}

function lassoByPointer(scene: PlotScene, done: (corners: readonly number[], adds: boolean) => void) {
  let corners: number[] = [];
  let last = { x: 0, y: 0 };
  return {
    lasso(at: { x: number; y: number }, begin: boolean): void {
      if (begin) corners = [];
      const isNear = !begin && Math.hypot(at.x - last.x, at.y - last.y) < LASSO.step;
      if (isNear || corners.length >= 2 * LASSO.most) return;
      last = at;
      const { x, y } = toPlane(scene.shown().view, at.x, at.y);
      corners.push(x, y);
      scene.show({ lasso: corners });
    },
    lassoEnd(cancelled: boolean, adds: boolean): void {
      scene.show({ lasso: [] });
      if (!cancelled && corners.length >= 2 * LEAST_CORNERS) done(corners, adds);
    },
  };
}
