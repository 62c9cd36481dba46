/** What of the plane is seen: its point in the middle, and how large it is. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  /** Pixels of the page for a unit of the plane. */
  readonly scale: number;
  /** In pixels of the page. */
  readonly width: number;
  readonly height: number;
}

export interface PlaneBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Share of the sight that the points fill. */
const FILLED = 0.92;
/** How far one may go in and out, from where all is seen. */
const ZOOM = { out: 0.5, into: 4000 } as const;

/** Sees a whole box. */
export function fitted({ left, top, right, bottom }: PlaneBox, width: number, height: number): Viewport {
  const scale = FILLED * Math.min(width / (right - left), height / (bottom - top));
  return {
    x: (left + right) / 2,
    y: (top + bottom) / 2,
    scale: scale > 0 && scale < Infinity ? scale : 1,
    width,
    height,
  };
}

/** Moves what is seen by pixels: the plane follows the pointer. */
export const panned = (view: Viewport, right: number, down: number): Viewport => ({
  ...view,
  x: view.x - right / view.scale,
  y: view.y - down / view.scale,
});

/** Magnifies by `factor`, and keeps what lies under a place of the page there. `whole` sees all. */
export function zoomed(view: Viewport, factor: number, at: { x: number; y: number }, whole: Viewport): Viewport {
  const scale = Math.min(Math.max(view.scale * factor, whole.scale * ZOOM.out), whole.scale * ZOOM.into);
  const under = toPlane(view, at.x, at.y);
  const [right, down] = [at.x - view.width / 2, at.y - view.height / 2];
  return { ...view, scale, x: under.x - right / scale, y: under.y - down / scale };
}

/** The place in the plane of a place of the page, from the corner of the plot. */
export const toPlane = (view: Viewport, x: number, y: number) => ({
  x: view.x + (x - view.width / 2) / view.scale,
  y: view.y + (y - view.height / 2) / view.scale,
});

export const toPage = (view: Viewport, x: number, y: number) => ({
  x: (x - view.x) * view.scale + view.width / 2,
  y: (y - view.y) * view.scale + view.height / 2,
});

/** What of the plane is seen, with `margin` pixels around. */
export function boxSeen(view: Viewport, margin = 0): PlaneBox {
  const [across, down] = [(view.width / 2 + margin) / view.scale, (view.height / 2 + margin) / view.scale];
  return { left: view.x - across, top: view.y - down, right: view.x + across, bottom: view.y + down };
}
