interface PagePlace {
  readonly x: number;
  readonly y: number;
}

/** What a pointer asks for, in pixels from the corner of the plot. */
export interface GestureHandlers {
  /** Whether a drag draws a lasso; it does with shift too. */
  readonly drawsLasso: () => boolean;
  pan(right: number, down: number): void;
  zoom(factor: number, at: PagePlace): void;
  /** Undefined where the pointer has left. */
  hover(at: PagePlace | undefined): void;
  click(at: PagePlace, event: PointerEvent): void;
  /** The lasso goes on to here; `begin` clears what was drawn. */
  lasso(at: PagePlace, begin: boolean): void;
  /** @param adds with the control key: to what is selected */
  lassoEnd(cancelled: boolean, adds: boolean): void;
}

/** A drag begins behind so many pixels. */
const SLOP = 4;
/** A notch of a wheel is about 100 pixels. */
const WHEEL = { pixel: 0.0015, line: 0.05, page: 0.4 } as const;
const MOST_STEP = 1.0;

/** Follows pointers and the wheel over an element until it is called. */
export function followGestures(element: HTMLElement, handlers: GestureHandlers): () => void {
  const pointers = new Map<number, PagePlace>();
  let start: PagePlace | undefined;
  let doing: "nothing" | "pan" | "lasso" | "pinch" = "nothing";
  const placeOf = (event: MouseEvent): PagePlace => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const stopLasso = (cancelled: boolean, event: PointerEvent) => {
    if (doing === "lasso") handlers.lassoEnd(cancelled, event.ctrlKey || event.metaKey);
  };

  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, placeOf(event));
    if (pointers.size === 2) {
      stopLasso(true, event);
      doing = "pinch";
    } else if (pointers.size === 1) {
      start = placeOf(event);
      doing = "nothing";
    }
  };
  const move = (event: PointerEvent) => {
    const at = placeOf(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      handlers.hover(at);
      return;
    }
    pointers.set(event.pointerId, at);
    if (doing === "pinch") pinch(before, at, [...pointers].find(([id]) => id !== event.pointerId)?.[1]);
    else drag(before, at, event.shiftKey);
  };
  const drag = (before: PagePlace, at: PagePlace, shift: boolean) => {
    if (doing === "nothing" && start && Math.hypot(at.x - start.x, at.y - start.y) >= SLOP) {
      doing = shift || handlers.drawsLasso() ? "lasso" : "pan";
      if (doing === "lasso") handlers.lasso(start, true);
      else handlers.pan(at.x - start.x, at.y - start.y);
      handlers.hover(undefined);
    } else if (doing === "pan") handlers.pan(at.x - before.x, at.y - before.y);
    if (doing === "lasso") handlers.lasso(at, false);
  };
  const pinch = (before: PagePlace, at: PagePlace, other: PagePlace | undefined) => {
    if (!other) return;
    const apart = (place: PagePlace) => Math.max(1, Math.hypot(place.x - other.x, place.y - other.y));
    handlers.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    handlers.zoom(apart(at) / apart(before), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  };
  const up = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId)) return;
    const cancelled = event.type === "pointercancel";
    stopLasso(cancelled, event);
    if (doing === "nothing" && !cancelled && pointers.size === 0) handlers.click(placeOf(event), event);
    // Of two fingers one is left: it pans on.
    doing = pointers.size === 1 ? "pan" : "nothing";
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = [WHEEL.pixel, WHEEL.line, WHEEL.page][event.deltaMode] ?? WHEEL.pixel;
    // A pinch on a touchpad comes as a wheel with the control key, in small steps.
    const step = -event.deltaY * unit * (event.ctrlKey ? 6 : 1);
    handlers.zoom(Math.exp(Math.max(-MOST_STEP, Math.min(MOST_STEP, step))), placeOf(event));
  };
  const leave = () => handlers.hover(undefined);

  const listening = new AbortController();
  const { signal } = listening;
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", leave, { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
  return () => listening.abort();
}
