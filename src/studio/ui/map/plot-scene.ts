import { canvasPoints } from "./canvas-points.ts";
import type { Palette } from "./class-colours.ts";
import { drawOverlay } from "./overlay.ts";
import { type PlotLayers, plotLayers } from "./plot-layers.ts";
import { nearestPoint, type PointGrid, pointGrid } from "./point-grid.ts";
import { type PointRenderer, pointStates } from "./point-renderer.ts";
import { chooseSprites, spriteDrawer } from "./sprites.ts";
import { fitted, toPlane, type Viewport } from "./viewport.ts";
import { webglPoints } from "./webgl-points.ts";

/** What a plot shows. */
interface Shown {
  grid: PointGrid;
  classes: Uint16Array;
  palette: Palette;
  states: Uint8Array;
  view: Viewport;
  /** Sees all points. */
  whole: Viewport;
  /** Corners in the plane of a lasso that is being drawn. */
  lasso: readonly number[];
  /** In the plane. */
  crosshair: { readonly x: number; readonly y: number } | undefined;
  /** The point that the pointer is over; -1: none. */
  over: number;
}

/** What is drawn, and when. */
export interface PlotScene {
  kind(): PointRenderer["kind"];
  shown(): Readonly<Shown>;
  /** Shows something else from the next frame on. */
  show(values: Partial<Shown>): void;
  setPlaces(places: Float32Array): void;
  setClasses(classes: Uint16Array, palette: Palette): void;
  setStates(states: Uint8Array): void;
  isVisible(point: number): boolean;
  /** The point at a place in pixels; -1: none. */
  under(at: { x: number; y: number }): number;
  drawNow(): void;
  close(): void;
}

/** How near a pointer must come to a point, in pixels. */
const REACH = 10;

export function openScene(
  box: HTMLElement,
  { url, plain }: { url: (point: number) => string; plain?: boolean | undefined },
): PlotScene {
  const shown = nothing();
  let [frame, isReady] = [0, false];
  const redraw = () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(draw);
  };
  const layers = plotLayers(box, {
    resized: (width, height) => {
      const isWhole = shown.view === shown.whole;
      shown.whole = fitted(shown.grid.box, width, height);
      shown.view = isWhole ? shown.whole : { ...shown.view, width, height };
      if (isReady) draw();
    },
    recoloured: redraw,
  });
  const wholeScale = () => shown.whole.scale;
  const points = pointsOn(layers, shown, { redraw, wholeScale, plain });
  isReady = true;
  // On the processor: with SwiftShader, Chromium's accelerated canvas sometimes keeps what clearRect should take away.
  const context = layers.above.getContext("2d", { willReadFrequently: true })!;
  const drawer = spriteDrawer(url, redraw);
  const has = (point: number, bit: number) => ((shown.states[point] ?? 0) & bit) !== 0;
  const isVisible = (point: number) => !has(point, pointStates.hidden);
  const isSelected = (point: number) => has(point, pointStates.selected);
  function draw(): void {
    cancelAnimationFrame(frame);
    frame = 0;
    const { grid, view, over } = shown;
    const around = { view, colours: layers.colours(), ratio: layers.ratio() };
    points().draw(view, around.colours, around.ratio);
    const ring = over < 0 ? undefined : { x: grid.places[2 * over]!, y: grid.places[2 * over + 1]! };
    const sprites = chooseSprites(grid, view, isVisible);
    drawOverlay(context, { ...shown, sprites, isSelected, ring }, { ...around, drawer });
  }
  const show = (values: Partial<Shown>) => {
    Object.assign(shown, values);
    redraw();
  };
  return {
    ...{ show, isVisible, kind: () => points().kind },
    shown: () => shown,
    setPlaces(places) {
      points().setPlaces(places);
      drawer.forget();
      const grid = pointGrid(places);
      const whole = fitted(grid.box, Math.max(1, box.clientWidth), Math.max(1, box.clientHeight));
      // Of the same points a few have a new place: who looks at some of them stays there.
      const stays = places.length === shown.grid.places.length && shown.view !== shown.whole;
      show({ grid, whole, view: stays ? shown.view : whole, over: -1, lasso: [] });
    },
    setClasses(classes, palette) {
      points().setClasses(classes, palette);
      show({ classes, palette });
    },
    setStates(states) {
      points().setStates(states);
      show({ states });
    },
    under: (at) => nearestPoint(shown.grid, toPlane(shown.view, at.x, at.y), REACH / shown.view.scale, isVisible),
    drawNow() {
      draw();
      points().finish();
    },
    close() {
      cancelAnimationFrame(frame);
      points().close();
      layers.close();
    },
  };
}

function nothing(): Shown {
  const grid = pointGrid(new Float32Array(0));
  const whole = fitted(grid.box, 1, 1);
  return {
    ...{ grid, whole, view: whole, lasso: [], crosshair: undefined, over: -1 },
    ...{ classes: new Uint16Array(0), palette: new Uint8Array(3), states: new Uint8Array(0) },
  };
}

/** By WebGL2; on a plain canvas where there is none, where the card is lost for good, and where `plain` asks for it. */
function pointsOn(
  layers: PlotLayers,
  shown: Readonly<Shown>,
  { plain, ...o }: { redraw: () => void; wholeScale: () => number; plain: boolean | undefined },
): () => PointRenderer {
  const gone = () => {
    points.close();
    layers.replaceBelow();
    points = canvasPoints(layers.below(), o);
    points.setPlaces(shown.grid.places);
    points.setClasses(shown.classes, shown.palette);
    points.setStates(shown.states);
    o.redraw();
  };
  const byCard = plain ? undefined : webglPoints(layers.below(), { ...o, gone });
  if (!plain && !byCard) layers.replaceBelow();
  let points = byCard ?? canvasPoints(layers.below(), o);
  return () => points;
}
