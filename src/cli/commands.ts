import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

export interface CommandEntry {
  readonly summary: string;
  /** Loaded only when asked for: `maskcon --help` needs none of them. */
  readonly load: () => Promise<{ command: (terminal: Terminal) => Command }>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  demo: { summary: "train on Fashion-MNIST in minutes and show what was learned", load: () => import("./demo.ts") },
  train: { summary: "train an encoder from coarse labels", load: () => import("./train.ts") },
  eval: { summary: "Recall@K of a run's encoder, trained and frozen", load: () => import("./eval.ts") },
  embed: { summary: "write the features of images as .npy", load: () => import("./embed.ts") },
  export: { summary: "write a run's encoder as ONNX", load: () => import("./export.ts") },
  doctor: { summary: "what this machine can train on, and what is missing", load: () => import("./doctor.ts") },
};
