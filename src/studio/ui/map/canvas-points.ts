import { cssColour, type Palette } from "./class-colours.ts";
import { type PlotColours, type PointRenderer, pointSize, pointStates, SELECTED_MORE } from "./point-renderer.ts";
import { boxSeen, type Viewport } from "./viewport.ts";

/** For browsers without WebGL2: the same picture, slower. */
export function canvasPoints(canvas: HTMLCanvasElement, { wholeScale }: { wholeScale: () => number }): PointRenderer {
  const context = canvas.getContext("2d", { alpha: false })!;
  let [places, classes, states] = [new Float32Array(0), new Uint16Array(0), new Uint8Array(0)];
  let palette: Palette = new Uint8Array(3);
  return {
    kind: "canvas",
    setPlaces: (given) => {
      places = given as typeof places;
    },
    setClasses: (given, colours) => {
      [classes, palette] = [given as typeof classes, colours];
    },
    setStates: (given) => {
      states = given as typeof states;
    },
    draw(view, colours, ratio) {
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.fillStyle = css(colours.ground);
      context.fillRect(0, 0, view.width, view.height);
      const size = pointSize(places.length / 2, view, wholeScale());
      const points = { view, places, classes, states, palette };
      drawLayer(context, { bits: 0, radius: size / 2, accent: "" }, points);
      const radius = (size + SELECTED_MORE) / 2;
      drawLayer(context, { bits: pointStates.selected, radius, accent: css(colours.accent) }, points);
    },
    finish: () => void context.getImageData(0, 0, 1, 1),
    close: () => undefined,
  };
}

const css = ([r, g, b]: PlotColours["ground"]): string => `rgb(${r} ${g} ${b})`;

interface Points {
  readonly view: Viewport;
  readonly places: Float32Array;
  readonly classes: Uint16Array;
  readonly states: Uint8Array;
  readonly palette: Palette;
}

/** Points whose state has exactly these bits, one colour after the other. */
function drawLayer(
  context: CanvasRenderingContext2D,
  { bits, radius, accent }: { bits: number; radius: number; accent: string },
  { view, places, classes, states, palette }: Points,
): void {
  const seen = boxSeen(view, radius);
  const [across, down] = [view.width / 2 - view.x * view.scale, view.height / 2 - view.y * view.scale];
  const isSquare = radius <= 2;
  let colour = -1;
  for (let i = 0; i < places.length / 2; i++) {
    const [x, y] = [places[2 * i]!, places[2 * i + 1]!];
    if ((states[i] ?? 0) !== bits || !(x >= seen.left && x <= seen.right && y >= seen.top && y <= seen.bottom))
      continue;
    if (classes[i] !== colour) {
      colour = classes[i] ?? 0;
      context.fillStyle = cssColour(palette, colour);
    }
    const [left, top] = [x * view.scale + across, y * view.scale + down];
    if (isSquare) context.fillRect(left - radius, top - radius, 2 * radius, 2 * radius);
    else disc(context, left, top, radius, accent);
  }
}

function disc(context: CanvasRenderingContext2D, x: number, y: number, radius: number, accent: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  if (!accent) return;
  context.strokeStyle = accent;
  context.lineWidth = 1.5;
  context.stroke();
}
