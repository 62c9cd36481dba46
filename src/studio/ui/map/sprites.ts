import { cssColour, type Palette } from "./class-colours.ts";
import { eachIn, type PointGrid } from "./point-grid.ts";
import { boxSeen, toPage, type Viewport } from "./viewport.ts";

/** Pictures are shown where so few points are in sight, at most so many, and so many are kept. */
const MOST_IN_SIGHT = 1500;
const MOST_SHOWN = 150;
const MOST_KEPT = 600;
/** Requests at a time: the others wait, and those out of sight by then are never made. */
const MOST_LOADING = 12;
const SIDES = { least: 28, most: 96 } as const;

export interface Sprite {
  readonly point: number;
  /** Its middle, in pixels of the page. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/**
 * Which points in sight show their picture, so that none covers another: a picture for each square of the plane, that of its
 * lowest point. Squares stand still when one pans.
 */
export function chooseSprites(grid: PointGrid, view: Viewport, isShown: (point: number) => boolean): Sprite[] {
  const inSight: number[] = [];
  eachIn(grid, boxSeen(view), (point) => {
    if (isShown(point)) inSight.push(point);
    return inSight.length <= MOST_IN_SIGHT;
  });
  if (inSight.length === 0 || inSight.length > MOST_IN_SIGHT) return [];
  const room = Math.sqrt((view.width * view.height) / Math.min(inSight.length, MOST_SHOWN));
  const side = Math.round(Math.min(SIDES.most, Math.max(SIDES.least, 0.6 * room)));
  const chosen = new Map<string, Sprite>();
  for (const point of inSight.sort((a, b) => a - b)) {
    const [x, y] = [grid.places[2 * point]!, grid.places[2 * point + 1]!];
    const square = `${Math.floor((x * view.scale) / side)} ${Math.floor((y * view.scale) / side)}`;
    if (!chosen.has(square)) chosen.set(square, { point, ...toPage(view, x, y), side });
  }
  return [...chosen.values()].slice(0, MOST_SHOWN);
}

/** Loads pictures and draws those that are there. */
export function spriteDrawer(url: (point: number) => string, redraw: () => void) {
  const kept = new Map<number, HTMLImageElement>();
  let loading = 0;

  function pictureOf(point: number): HTMLImageElement | undefined {
    const known = kept.get(point);
    if (known) {
      // The one used last is forgotten last.
      kept.delete(point);
      kept.set(point, known);
      return known;
    }
    if (loading >= MOST_LOADING) return undefined;
    const picture = new Image();
    loading++;
    const done = () => {
      loading--;
      redraw();
    };
    picture.onload = done;
    picture.onerror = done;
    picture.src = url(point);
    kept.set(point, picture);
    for (const [oldest] of kept) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    return picture;
  }

  return {
    draw(
      context: CanvasRenderingContext2D,
      sprites: readonly Sprite[],
      look: { classes: Uint16Array; palette: Palette; isDimmed: (point: number) => boolean },
    ): void {
      for (const { point, x, y, side } of sprites) {
        const picture = pictureOf(point);
        if (!picture?.complete || picture.naturalWidth === 0) continue;
        context.globalAlpha = look.isDimmed(point) ? 0.35 : 1;
        context.fillStyle = cssColour(look.palette, look.classes[point] ?? 0);
        context.fillRect(x - side / 2 - 2, y - side / 2 - 2, side + 4, side + 4);
        context.drawImage(picture, x - side / 2, y - side / 2, side, side);
      }
      context.globalAlpha = 1;
    },
    /** Pictures of other points from now on. */
    forget: () => kept.clear(),
  };
}
