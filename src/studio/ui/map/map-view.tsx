import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { counted } from "../../../core/index.ts";
import { useListedKeys } from "../shortcuts.ts";
import { classPalette, placesInPalette } from "./class-colours.ts";
import { commandOfKey, type KeyCommand, type KeyLasso, mapKeys } from "./map-keys.ts";
import { type MapPlot, openMapPlot } from "./map-plot.ts";
import { toPage } from "./viewport.ts";

export interface MapViewProps {
  /** For who does not see it. */
  readonly label: string;
  /** [n, 2]; NaN for a point without a place. Another array moves the points. */
  readonly places: Float32Array;
  /** [n] class numbers for the colours, -1 for none, of so many classes. */
  readonly numbers: Int32Array;
  readonly classes: number;
  /** [n], bits of `pointStates`. */
  readonly states: Uint8Array;
  readonly captionOf: (point: number) => string;
  readonly thumbnailUrl: (point: number) => string;
  /** A point was chosen, or nothing (-1); `adds`: beside what is selected. */
  readonly onPick: (point: number, adds: boolean) => void;
  /** Points inside a lasso, ascending. */
  readonly onLasso: (points: Int32Array, adds: boolean) => void;
}

interface Hovered {
  readonly point: number;
  readonly x: number;
  readonly y: number;
}

/** A card appears when the pointer stays so long. */
const CARD_MS = 125;
const ZOOM_STEP = 1.4;

/** Points in the plane: the pointer or keys move, magnify, choose and encircle. */
export function MapView(props: MapViewProps) {
  const box = useRef<HTMLDivElement>(null);
  const { plot, hovered } = usePlot(box, props);
  // Not a state: the next key may come before the next rendering.
  const lasso = useRef<KeyLasso | undefined>(undefined);
  const [drawsLasso, setDrawsLasso] = useState(false);
  const [said, say] = useState("");
  const keys = useId();
  useListedKeys(mapKeys);
  useLayoutEffect(() => plot.current!.setLassoMode(drawsLasso), [plot, drawsLasso]);
  const draw = (next: KeyLasso | undefined) => {
    lasso.current = next;
    plot.current!.drawLasso(next?.corners ?? [], next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const command = commandOfKey(event, lasso.current, plot.current!.viewport());
    if (!command && event.key !== "Escape") return;
    event.preventDefault();
    if (!command) return props.onPick(-1, false);
    const done = runOn(plot.current!, command, props);
    if ("lasso" in done) draw(done.lasso);
    say(done.said);
  };
  return (
    <div class="map">
      <div
        ref={box}
        class={drawsLasso ? "map-plot drawing" : "map-plot"}
        role="application"
        aria-roledescription="map of images"
        aria-label={props.label}
        aria-describedby={keys}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={() => draw(undefined)}
      />
      <MapButtons {...{ plot, drawsLasso, setDrawsLasso }} />
      {hovered && (
        <Card {...hovered} caption={props.captionOf(hovered.point)} url={props.thumbnailUrl(hovered.point)} />
      )}
      <p class="map-said" aria-live="polite">
        {said}
      </p>
      <p id={keys} class="hidden">
        {`${mapKeys.map(({ key, does }) => `${key}: ${does}`).join(". ")}.`}
      </p>
    </div>
  );
}

/** A plot in an element, which follows the props; and the point that the pointer stays over. */
function usePlot(box: { readonly current: HTMLElement | null }, props: MapViewProps) {
  const plot = useRef<MapPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const [hovered, setHovered] = useState<Hovered>();
  useLayoutEffect(() => {
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const opened = openMapPlot(box.current!, {
      url: (point) => latest.current.thumbnailUrl(point),
      onPick: (point, event) => latest.current.onPick(point, event.ctrlKey || event.metaKey || event.shiftKey),
      onLasso: (points, { adds }) => latest.current.onLasso(points, adds),
      onHover(point, at) {
        clearTimeout(waiting);
        setHovered(undefined);
        if (point >= 0) waiting = setTimeout(() => setHovered({ point, ...at }), CARD_MS);
      },
    });
    plot.current = opened;
    return () => {
      clearTimeout(waiting);
      opened.close();
    };
  }, [box]);
  const { places, numbers, classes, states } = props;
  useLayoutEffect(() => plot.current!.setPlaces(places), [places]);
  useLayoutEffect(() => {
    const palette = classPalette(classes);
    plot.current!.setClasses(placesInPalette(numbers, palette), palette);
  }, [numbers, classes]);
  useLayoutEffect(() => plot.current!.setStates(states), [states]);
  return { plot, hovered };
}

/** Does what a key asks for, and says it. */
function runOn(
  plot: MapPlot,
  command: KeyCommand,
  { onPick, onLasso, captionOf }: MapViewProps,
): { readonly said: string; readonly lasso?: KeyLasso | undefined } {
  switch (command.do) {
    case "pan":
      plot.pan(command.right, command.down);
      return { said: "" };
    case "zoom":
      plot.zoom(command.factor, command.at);
      return { said: "" };
    case "fit":
      plot.fit();
      return { said: "All images are in sight." };
    case "pick": {
      const point = plot.pointAt(command.at);
      onPick(point, true);
      return { said: point < 0 ? "There is no image." : captionOf(point) };
    }
    case "close": {
      const points = plot.inside(Float64Array.from(command.corners));
      onLasso(points, false);
      return { said: `${counted(points.length, "image")} in the lasso.`, lasso: undefined };
    }
    case "draw":
      if (command.pan) plot.pan(...command.pan);
      return { said: saidOf(plot, command.lasso, captionOf), lasso: command.lasso };
  }
}

function saidOf(plot: MapPlot, lasso: KeyLasso | undefined, captionOf: (point: number) => string): string {
  if (!lasso) return "The lasso is gone.";
  const point = plot.pointAt(toPage(plot.viewport(), lasso.x, lasso.y));
  const corners = lasso.corners.length / 2;
  return [point < 0 ? "" : captionOf(point), corners > 0 ? `${corners} corners` : "Cross-hair"]
    .filter(Boolean)
    .join(", ");
}

function MapButtons({
  plot,
  drawsLasso,
  setDrawsLasso,
}: {
  plot: { readonly current: MapPlot | undefined };
  drawsLasso: boolean;
  setDrawsLasso: (isOn: boolean) => void;
}) {
  return (
    <fieldset class="map-buttons" aria-label="Map">
      <button type="button" onClick={() => plot.current?.zoom(ZOOM_STEP)} aria-label="Magnify">
        +
      </button>
      <button type="button" onClick={() => plot.current?.zoom(1 / ZOOM_STEP)} aria-label="Shrink">
        −
      </button>
      <button type="button" onClick={() => plot.current?.fit()}>
        All
      </button>
      <button type="button" aria-pressed={drawsLasso} onClick={() => setDrawsLasso(!drawsLasso)}>
        Lasso
      </button>
    </fieldset>
  );
}

function Card({ x, y, caption, url }: Hovered & { caption: string; url: string }) {
  return (
    <div class="map-card" style={{ left: `${x + 14}px`, top: `${y + 14}px` }}>
      <img src={url} width={96} height={96} alt="" />
      <span>{caption}</span>
    </div>
  );
}
