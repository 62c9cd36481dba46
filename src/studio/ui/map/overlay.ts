import type { Palette } from "./class-colours.ts";
import type { PlotColours } from "./point-renderer.ts";
import type { Sprite, spriteDrawer } from "./sprites.ts";
import { toPage, type Viewport } from "./viewport.ts";

/** What lies above the points. */
export interface Overlay {
  readonly sprites: readonly Sprite[];
  readonly classes: Uint16Array;
  readonly palette: Palette;
  isSelected(point: number): boolean;
  /** Corners [k, 2] of the plane of a lasso that is being drawn. */
  readonly lasso: readonly number[];
  /** In the plane, while the lasso is drawn by keys. */
  readonly crosshair: { readonly x: number; readonly y: number } | undefined;
  /** The place in the plane of the point that a pointer is over. */
  readonly ring: { readonly x: number; readonly y: number } | undefined;
}

const ARM = 14;
const RING = 9;

export function drawOverlay(
  context: CanvasRenderingContext2D,
  overlay: Overlay,
  {
    view,
    colours,
    ratio,
    drawer,
  }: {
    readonly view: Viewport;
    readonly colours: PlotColours;
    readonly ratio: number;
    readonly drawer: ReturnType<typeof spriteDrawer>;
  },
): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  drawer.draw(context, overlay.sprites, { ...overlay, accent: css(colours.accent, 1) });
  const { lasso, ring } = overlay;
  const crosshair = overlay.crosshair && toPage(view, overlay.crosshair.x, overlay.crosshair.y);
  context.beginPath();
  for (let i = 0; i < lasso.length; i += 2) {
    const { x, y } = toPage(view, lasso[i]!, lasso[i + 1]!);
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  if (crosshair && lasso.length > 0) context.lineTo(crosshair.x, crosshair.y);
  if (lasso.length > 0) {
    context.closePath();
    context.fillStyle = css(colours.accent, 0.14);
    context.fill();
    stroke(context, colours);
  }
  if (crosshair) {
    context.beginPath();
    context.moveTo(crosshair.x - ARM, crosshair.y);
    context.lineTo(crosshair.x + ARM, crosshair.y);
    context.moveTo(crosshair.x, crosshair.y - ARM);
    context.lineTo(crosshair.x, crosshair.y + ARM);
    stroke(context, colours);
  }
  if (ring) {
    const { x, y } = toPage(view, ring.x, ring.y);
    context.beginPath();
    context.arc(x, y, RING, 0, 2 * Math.PI);
    stroke(context, colours);
  }
}

/** In the accent's colour on a line of the ground's, to be seen on any points. */
function stroke(context: CanvasRenderingContext2D, { ground, accent }: PlotColours): void {
  for (const [width, colour] of [[4, css(ground, 0.85)] as const, [2, css(accent, 1)] as const]) {
    context.lineWidth = width;
    context.strokeStyle = colour;
    context.stroke();
  }
}

const css = ([r, g, b]: PlotColours["ground"], alpha: number): string => `rgb(${r} ${g} ${b} / ${alpha})`;
