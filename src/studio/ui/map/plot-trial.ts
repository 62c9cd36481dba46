/** Opens a plot, or the map with its keys, in a page that holds nothing else, for tests and the benchmark of the map. */
import { h, render } from "preact";
import { classPalette, placesInPalette } from "./class-colours.ts";
import { insidePolygon } from "./lasso.ts";
import { type MapPlot, openMapPlot } from "./map-plot.ts";
import { MapView } from "./map-view.tsx";

const LASSO_CORNERS = 300;
const CLUSTERS = 40;

/** Heaps of points in the plane, the same in every browser. */
function heaps(n: number): { places: Float32Array; numbers: Int32Array } {
  let seed = 1;
  const next = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const about = () => next() + next() + next() - 1.5;
  const middles = Array.from({ length: 2 * CLUSTERS }, () => 20 * next() - 10);
  const numbers = Int32Array.from({ length: n }, () => Math.floor(next() * CLUSTERS));
  const places = new Float32Array(2 * n);
  for (let i = 0; i < n; i++) {
    const heap = numbers[i]!;
    places[2 * i] = middles[2 * heap]! + 1.3 * about();
    places[2 * i + 1] = middles[2 * heap + 1]! + 1.3 * about();
  }
  return { places, numbers };
}

async function fetched(): Promise<{ places: Float32Array; numbers: Int32Array }> {
  const bytes = async (path: string) => (await fetch(path)).arrayBuffer();
  return { places: new Float32Array(await bytes("/places")), numbers: new Int32Array(await bytes("/classes")) };
}

const p95 = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[Math.floor(0.95 * times.length)]!;

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** A curly ring about the middle of the plane. */
const curl = (): Float64Array =>
  Float64Array.from({ length: 2 * LASSO_CORNERS }, (_, i) => {
    const angle = (2 * Math.PI * (i >> 1)) / LASSO_CORNERS;
    return (6 + 1.5 * Math.sin(9 * angle)) * (i % 2 ? Math.sin(angle) : Math.cos(angle));
  });

function trialOf(plot: MapPlot, places: Float32Array, events: { name: string; points: number[] }[]) {
  return {
    plot,
    kind: plot.kind(),
    events,
    /** Milliseconds until a frame is done, at the 95th percentile, while one pans and zooms in and out. */
    frames(count: number): number {
      plot.fit();
      plot.drawNow();
      const times = Array.from({ length: count }, (_, i) =>
        timed(() => {
          if (i % 2) plot.zoom(i < count / 2 ? 1.15 : 1 / 1.15);
          else plot.pan(7, -5);
          plot.drawNow();
        }),
      );
      plot.fit();
      return p95(times);
    },
    /** Milliseconds of a lasso, what it found, and whether a loop over all points finds the same. */
    lasso() {
      const polygon = curl();
      let found = new Int32Array(0);
      const ms = timed(() => {
        found = plot.inside(polygon) as typeof found;
      });
      let next = 0;
      let isSame = true;
      for (let i = 0; i < places.length / 2; i++) {
        if (insidePolygon(places[2 * i]!, places[2 * i + 1]!, polygon)) isSame &&= found[next++] === i;
      }
      return { ms, found: found.length, isSame: isSame && next === found.length };
    },
  };
}

interface TrialOptions {
  readonly count: number | "fetched";
  readonly plain?: boolean;
  readonly states?: readonly number[];
}

Object.assign(globalThis, {
  async openTrial({ count, plain, states }: TrialOptions) {
    const box = document.body.firstElementChild as HTMLElement;
    const { places, numbers } = count === "fetched" ? await fetched() : heaps(count);
    const events: { name: string; points: number[] }[] = [];
    const plot = openMapPlot(box, {
      ...{ url: (point) => `/thumbnails/${point}`, plain },
      onPick: (point) => events.push({ name: "pick", points: [point] }),
      onHover: (point) => events.push({ name: "hover", points: [point] }),
      onLasso: (points) => events.push({ name: "lasso", points: [...points] }),
    });
    const palette = classPalette(numbers.reduce((most, number) => Math.max(most, number), 0) + 1);
    plot.setPlaces(places);
    plot.setClasses(placesInPalette(numbers, palette), palette);
    plot.setStates(Uint8Array.from({ length: numbers.length }, (_, i) => states?.[i] ?? 0));
    plot.drawNow();
    Object.assign(globalThis, { trial: trialOf(plot, places, events) });
  },
  async openView() {
    const { places, numbers } = await fetched();
    const events: { name: string; points: number[] }[] = [];
    const view = h(MapView, {
      ...{ label: "Images", places, numbers, classes: 3, states: new Uint8Array(numbers.length) },
      captionOf: (point) => `image ${point}`,
      thumbnailUrl: (point) => `/thumbnails/${point}`,
      onPick: (point) => events.push({ name: "pick", points: [point] }),
      onLasso: (points) => events.push({ name: "lasso", points: [...points] }),
    });
    render(view, document.body.firstElementChild!);
    Object.assign(globalThis, { trial: { events } });
  },
});
