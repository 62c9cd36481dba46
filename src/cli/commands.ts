import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

interface CommandEntry {
  readonly summary: string;
  /** Loaded only when asked for, and without the work: help needs the options alone. */
  readonly load: () => Promise<{ command: (terminal: Terminal) => Command }>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  demo: {
    summary: "train on Fashion-MNIST in minutes and show what was learned",
    load: () => import("./usage/demo.ts"),
  },
  train: { summary: "train an encoder from coarse labels", load: () => import("./usage/train.ts") },
  eval: { summary: "Recall@K of a run's encoder, trained and frozen", load: () => import("./usage/eval.ts") },
  compare: { summary: "methods x seeds x settings: tables, plots, commands", load: () => import("./usage/compare.ts") },
  report: { summary: "write a run as one self-contained HTML file", load: () => import("./usage/report.ts") },
  diagnose: {
    summary: "how near each method's targets come to the fine labels",
    load: () => import("./usage/diagnose.ts"),
  },
  embed: { summary: "write the features of images as .npy", load: () => import("./usage/embed.ts") },
  collect: { summary: "embed images into a collection to search and curate", load: () => import("./usage/collect.ts") },
  search: { summary: "images of a collection most like another", load: () => import("./usage/search.ts") },
  collection: {
    summary: "what is in a collection; labels and groups by hand, undo",
    load: () => import("./usage/collection.ts"),
  },
  studio: { summary: "curate a collection in a browser page", load: () => import("./usage/studio.ts") },
  map: { summary: "a collection's images in the plane, like beside like", load: () => import("./usage/map.ts") },
  serve: { summary: "search a collection over HTTP", load: () => import("./usage/serve.ts") },
  groups: { summary: "propose groups inside coarse classes", load: () => import("./usage/groups.ts") },
  review: {
    summary: "groups in the wrong class, copies, suspect labels, outliers",
    load: () => import("./usage/review.ts"),
  },
  export: { summary: "write a run's encoder as ONNX", load: () => import("./usage/export.ts") },
  backbone: { summary: "look at an ONNX file as a backbone", load: () => import("./usage/backbone.ts") },
  cache: { summary: "cached features of pretrained models: list, delete", load: () => import("./usage/cache.ts") },
  data: { summary: "verify or fetch a named dataset", load: () => import("./usage/data.ts") },
  doctor: { summary: "what this machine can train on, and what is missing", load: () => import("./doctor.ts") },
};
