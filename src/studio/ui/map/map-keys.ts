import { toPage, toPlane, type Viewport } from "./viewport.ts";

/** A lasso that keys draw. */
export interface KeyLasso {
  /** The cross-hair, in the plane: it stays at its images where the plot gets another size. */
  readonly x: number;
  readonly y: number;
  /** Corners [k, 2] in the plane. */
  readonly corners: readonly number[];
}

/** What a key asks for. */
export type KeyCommand =
  | { readonly do: "pan"; readonly right: number; readonly down: number }
  /** About a place in pixels from the corner of the plot, or the middle. */
  | { readonly do: "zoom"; readonly factor: number; readonly at?: { readonly x: number; readonly y: number } }
  | { readonly do: "fit" }
  /** The cross-hair moves, a corner comes or goes; undefined: the lasso is over. The map moves by `pan`, in pixels. */
  | { readonly do: "draw"; readonly lasso: KeyLasso | undefined; readonly pan?: readonly [right: number, down: number] }
  | { readonly do: "close"; readonly corners: readonly number[] }
  | { readonly do: "pick"; readonly at: { readonly x: number; readonly y: number } };

/** In pixels, with shift and without. */
const PAN = { near: 60, far: 240 } as const;
const STEP = { near: 12, far: 60 } as const;
const FACTOR = 1.4;
const LEAST_CORNERS = 3;

const arrows: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The keys in words, for the help and for who does not see the map. */
export const mapKeys: readonly { readonly key: string; readonly does: string }[] = [
  { key: "Arrows", does: "move the map, with Shift further" },
  { key: "+ −", does: "magnify, shrink" },
  { key: "0", does: "see all" },
  { key: "l", does: "show the cross-hair, which arrows move; again: close the lasso" },
  { key: "Enter", does: "a corner of the lasso at the cross-hair" },
  { key: "Backspace", does: "take the last corner back" },
  { key: "Space", does: "choose the image at the cross-hair" },
  { key: "Escape", does: "leave the lasso, or choose nothing" },
];

/** What a key does; undefined where it is none of the map's. */
export function commandOfKey(
  { key, shiftKey }: { key: string; shiftKey: boolean },
  lasso: KeyLasso | undefined,
  view: Viewport,
): KeyCommand | undefined {
  const arrow = arrows[key];
  if (arrow && lasso) return moved(lasso, arrow, shiftKey ? STEP.far : STEP.near, view);
  // The sight moves, and so the points go the other way.
  const far = shiftKey ? PAN.far : PAN.near;
  if (arrow) return { do: "pan", right: -far * arrow[0], down: -far * arrow[1] };
  const at = lasso && { at: toPage(view, lasso.x, lasso.y) };
  if (key === "+" || key === "=") return { do: "zoom", factor: FACTOR, ...at };
  if (key === "-" || key === "_") return { do: "zoom", factor: 1 / FACTOR, ...at };
  if (key === "0") return { do: "fit" };
  if (key === "l" && !lasso) return { do: "draw", lasso: { x: view.x, y: view.y, corners: [] } };
  return lasso && drawingCommand(key, lasso, view);
}

function drawingCommand(key: string, lasso: KeyLasso, view: Viewport): KeyCommand | undefined {
  const { x, y, corners } = lasso;
  if (key === "l")
    return corners.length < 2 * LEAST_CORNERS ? { do: "draw", lasso: undefined } : { do: "close", corners };
  if (key === "Escape") return { do: "draw", lasso: undefined };
  if (key === "Backspace") return { do: "draw", lasso: { ...lasso, corners: corners.slice(0, -2) } };
  if (key === " ") return { do: "pick", at: toPage(view, x, y) };
  if (key !== "Enter") return undefined;
  return { do: "draw", lasso: { ...lasso, corners: [...corners, x, y] } };
}

/** At the edge the map moves instead of the cross-hair, which comes back into sight where it was out of it. */
function moved(lasso: KeyLasso, [right, down]: readonly [number, number], step: number, view: Viewport): KeyCommand {
  const at = toPage(view, lasso.x, lasso.y);
  const [x, y] = [at.x + step * right, at.y + step * down];
  const beyond = [x - within(x, view.width), y - within(y, view.height)] as const;
  const next: KeyLasso = { ...lasso, ...toPlane(view, x, y) };
  const stays = beyond[0] === 0 && beyond[1] === 0;
  return { do: "draw", lasso: next, ...(!stays && { pan: [-beyond[0], -beyond[1]] }) };
}

const within = (x: number, size: number): number => Math.min(Math.max(x, 0), size);
