import type { RunConfig } from "../config/index.ts";
import type { Tensors } from "../core/index.ts";
import type { Dataset, LoadedData, TrainLoader } from "../data/index.ts";
import type { EvalReport } from "../eval/index.ts";
import type { EmbedEffort } from "../run/index.ts";
import type { StepOptions } from "../step/index.ts";

/** Where the batches of a run come from, and how its encoder is measured. */
export interface RunInput {
  /** What the step trains. */
  readonly backbone: StepOptions["backbone"];
  /** How its parts are trained, where not all alike. */
  readonly parameterGroups?: StepOptions["parameterGroups"];
  readonly loader: TrainLoader;
  /** Tensors of the query encoder that training starts with, in every encoder. */
  readonly start: Tensors;
  /** What the encoder is called that training starts with. */
  readonly untrained: "frozen" | "whitened" | "head";
  /** Recall@K of other encoders to compare with. */
  readonly baselines?: (effort: EmbedEffort) => Promise<Baselines>;
  /** Makes what the loader reads, where that takes long. */
  prepare(): Promise<void>;
  /** Recall@K of an encoder of these weights on the test images, or the training images where there are none. */
  evaluate(weights: Tensors, effort: EmbedEffort): Promise<EvalReport>;
  close(): Promise<void>;
}

export type Baselines = { readonly [Name in "frozen" | "whitened"]?: EvalReport | undefined };

export interface InputOptions {
  readonly config: RunConfig;
  readonly data: LoadedData;
  /** The images as the method sees them. */
  readonly set: Dataset;
  readonly signal?: EmbedEffort["signal"];
  /** Images whose features are cached. */
  readonly progress?: (done: number, total: number) => void;
  readonly notice?: (line: string) => void;
}
