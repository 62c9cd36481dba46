import { cssColour, type Palette } from "./class-colours.ts";
import { eachIn, type PointGrid } from "./point-grid.ts";
import { boxSeen, toPage, type Viewport } from "./viewport.ts";

/** Pictures are shown where so few points are in sight, at most so many, and so many are kept. */
const MOST_IN_SIGHT = 1500;
const MOST_SHOWN = 150;
const MOST_KEPT = 600;
/** Requests at a time: the others wait, and those out of sight by then are never made. */
const MOST_LOADING = 12;
const FRAME = { plain: 2, selected: 5 } as const;
const SIDES = { least: 28, most: 96 } as const;

export interface Sprite {
  readonly point: number;
  /** Its middle, in pixels of the page. */
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Which points in sight show their picture, so that none covers another: the lower point has it. */
export function chooseSprites(grid: PointGrid, view: Viewport, isShown: (point: number) => boolean): Sprite[] {
  const inSight: number[] = [];
  eachIn(grid, boxSeen(view), (point) => {
    if (isShown(point)) inSight.push(point);
    return inSight.length <= MOST_IN_SIGHT;
  });
  if (inSight.length === 0 || inSight.length > MOST_IN_SIGHT) return [];
  const room = Math.sqrt((view.width * view.height) / Math.min(inSight.length, MOST_SHOWN));
  const side = Math.round(Math.min(SIDES.most, Math.max(SIDES.least, 0.6 * room)));
  const chosen: Sprite[] = [];
  const taken = new Map<string, Sprite>();
  for (const point of inSight.sort((a, b) => a - b)) {
    if (chosen.length === MOST_SHOWN) break;
    const sprite = { point, ...toPage(view, grid.places[2 * point]!, grid.places[2 * point + 1]!), side };
    if (isCovered(sprite, taken)) continue;
    chosen.push(sprite);
    taken.set(squareOf(sprite, 0, 0), sprite);
  }
  return chosen;
}

/** In squares as large as a picture, one that covers another lies in the same square or beside it. */
const squareOf = ({ x, y, side }: Sprite, right: number, down: number): string =>
  `${Math.floor(x / side) + right} ${Math.floor(y / side) + down}`;

function isCovered(sprite: Sprite, taken: ReadonlyMap<string, Sprite>): boolean {
  for (const right of [-1, 0, 1]) {
    for (const down of [-1, 0, 1]) {
      const other = taken.get(squareOf(sprite, right, down));
      if (other && Math.max(Math.abs(other.x - sprite.x), Math.abs(other.y - sprite.y)) < sprite.side) return true;
    }
  }
  return false;
}

/** How points look whose picture is shown. */
export interface SpriteLook {
  readonly classes: Uint16Array;
  readonly palette: Palette;
  /** Of a selected point's frame. */
  readonly accent: string;
  isSelected(point: number): boolean;
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
    draw(context: CanvasRenderingContext2D, sprites: readonly Sprite[], look: SpriteLook): void {
      for (const { point, x, y, side } of sprites) {
        const picture = pictureOf(point);
        if (!picture?.complete || picture.naturalWidth === 0) continue;
        const [left, top] = [x - side / 2, y - side / 2];
        context.drawImage(picture, left, top, side, side);
        context.lineWidth = look.isSelected(point) ? FRAME.selected : FRAME.plain;
        context.strokeStyle = look.isSelected(point) ? look.accent : cssColour(look.palette, look.classes[point] ?? 0);
        context.strokeRect(left, top, side, side);
      }
    },
    /** Pictures of other points from now on. */
    forget: () => kept.clear(),
  };
}
