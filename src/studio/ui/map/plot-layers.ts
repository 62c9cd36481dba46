import type { PlotColours } from "./point-renderer.ts";

/** More pixels than this are not drawn for a pixel of the page. */
const MOST_RATIO = 2;

/** Two canvases that fill an element, one above the other, and the colours of the page. */
export interface PlotLayers {
  below(): HTMLCanvasElement;
  readonly above: HTMLCanvasElement;
  /** Puts another canvas in the place of the lower one: one that has given WebGL gives nothing else. */
  replaceBelow(): void;
  colours(): PlotColours;
  /** Pixels of a canvas for one of the page. */
  ratio(): number;
  close(): void;
}

/**
 * @param resized called with the size in pixels of the page, at once and whenever it changes
 * @param recoloured called when the page turns light or dark
 */
export function plotLayers(
  box: HTMLElement,
  { resized, recoloured }: { resized: (width: number, height: number) => void; recoloured: () => void },
): PlotLayers {
  const canvas = (name: string) => {
    const one = document.createElement("canvas");
    one.className = `map-layer ${name}`;
    one.setAttribute("aria-hidden", "true");
    return one;
  };
  let below = canvas("points");
  const above = canvas("overlay");
  box.append(below, above);
  let ratio = 1;
  const measure = () => {
    ratio = Math.min(MOST_RATIO, devicePixelRatio || 1);
    const [width, height] = [Math.max(1, box.clientWidth), Math.max(1, box.clientHeight)];
    for (const one of [below, above]) {
      one.width = Math.max(1, Math.round(width * ratio));
      one.height = Math.max(1, Math.round(height * ratio));
    }
    resized(width, height);
  };
  // The page was magnified, or went to another screen: its size in pixels of the page may be the same.
  let resolution: MediaQueryList | undefined;
  const rescaled = () => {
    resolution = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    resolution.addEventListener("change", rescaled, { once: true });
    measure();
  };
  const observer = new ResizeObserver(measure);
  observer.observe(box);
  let colours = coloursOf(box);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const recolour = () => {
    colours = coloursOf(box);
    recoloured();
  };
  dark.addEventListener("change", recolour);
  rescaled();
  return {
    ...{ above, ratio: () => ratio, below: () => below },
    replaceBelow() {
      const next = canvas("points");
      below.replaceWith(next);
      below = next;
      measure();
    },
    colours: () => colours,
    close() {
      observer.disconnect();
      resolution?.removeEventListener("change", rescaled);
      dark.removeEventListener("change", recolour);
      below.remove();
      above.remove();
    },
  };
}

/** The page's own colours, whatever they are written as. */
function coloursOf(box: HTMLElement): PlotColours {
  const style = getComputedStyle(box);
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const read = (name: string, fallback: string): [number, number, number] => {
    context.fillStyle = fallback;
    context.fillStyle = style.getPropertyValue(name).trim() || fallback;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return [r!, g!, b!];
  };
  return { ground: read("--ground", "#ffffff"), accent: read("--accent", "#1b5fa8") };
}
