import type { StopSignal } from "../core/index.ts";

/** Where the making of a map is: `neighbours` counts pairs of images, `layout` epochs, `placing` new images. */
export interface MapProgress {
  readonly phase: "neighbours" | "layout" | "placing";
  readonly done: number;
  readonly total: number;
}

/** How the making of a map reports where it is, and how it is stopped. */
export interface MapEffort {
  /** Threads of the neighbour search; all cores by default. */
  readonly threads?: number | undefined;
  /** Aborts by throwing its reason; nothing is stored. */
  readonly signal?: StopSignal | undefined;
  /** Called as the work goes on. */
  readonly progress?: ((progress: MapProgress) => void) | undefined;
}
