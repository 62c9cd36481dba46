/** Images a second over the last steps; the first of a process are left out (`WARM_UP_STEPS`). */
export interface Speed {
  /** Adds a step: its images, how long it took in all, and how much of that went into waiting for data, in ms. */
  step(images: number, ms: number, waitedMs: number): void;
  /** Images a second over the window. */
  readonly imagesPerSecond: number;
  /** Share of the window spent waiting for data, in [0, 1]. */
  readonly dataWait: number;
  /** The same two over every step that counts. */
  readonly overall: { readonly imagesPerSecond: number; readonly dataWait: number };
}

interface Totals {
  images: number;
  ms: number;
  waitedMs: number;
}

/** The first steps of a process: kernels warm up and buffers are allocated. */
export const WARM_UP_STEPS = 3;

export function measureSpeed({ skip = WARM_UP_STEPS, window = 50 } = {}): Speed {
  const recent: Totals[] = [];
  const all: Totals = { images: 0, ms: 0, waitedMs: 0 };
  let seen = 0;
  return {
    step(images, ms, waitedMs) {
      // Until a step counts, the latest stands for the window.
      if (seen <= skip || recent.length === window) recent.shift();
      recent.push({ images, ms, waitedMs });
      if (seen++ >= skip) add(all, { images, ms, waitedMs });
    },
    get imagesPerSecond() {
      return rate(total(recent)).imagesPerSecond;
    },
    get dataWait() {
      return rate(total(recent)).dataWait;
    },
    get overall() {
      return rate(all.images > 0 ? all : total(recent));
    },
  };
}

function add(sum: Totals, step: Totals): Totals {
  sum.images += step.images;
  sum.ms += step.ms;
  sum.waitedMs += step.waitedMs;
  return sum;
}

const total = (steps: readonly Totals[]) => steps.reduce(add, { images: 0, ms: 0, waitedMs: 0 });

const rate = ({ images, ms, waitedMs }: Totals) =>
  ms > 0
    ? { imagesPerSecond: (1000 * images) / ms, dataWait: Math.min(1, waitedMs / ms) }
    : { imagesPerSecond: 0, dataWait: 0 };
