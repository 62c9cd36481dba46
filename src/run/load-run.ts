import { existsSync } from "node:fs";
import { isModelFile, type RunConfig, type RunRecord } from "../config/index.ts";
import { fail, type Tensors } from "../core/index.ts";
import { refuseUrlAs } from "../formats/index.ts";
import { adapterIn } from "../step/index.ts";
import { loadLastCheckpoint } from "./checkpoint.ts";
import { encoderWeights } from "./encoder.ts";
import { loadInitial } from "./initial-state.ts";
import { noCheckpoint, type RunPaths, readRecord, runPaths } from "./run-folder.ts";

/** An encoder that was not trained. */
export interface UntrainedEncoder {
  /** The network or model before training; a model's features whitened; with the head that was trained before the model. */
  readonly name: "frozen" | "whitened" | "head";
  /** As `embedWith` takes them: none stand for a model from a file alone. */
  readonly weights: Tensors;
}

/** A run on disk, finished or not. */
export interface Run {
  readonly paths: RunPaths;
  readonly record: RunRecord;
  /** Weights of the run's (or another) encoder in the last whole checkpoint, by the query encoder's names, and where it stood. */
  trained(
    encoder?: RunConfig["encoder"],
  ): Promise<{ weights: Tensors; step: number; epoch: number; warnings: readonly string[] }>;
  /** Encoder weights before the first step. */
  initial(): Promise<Tensors>;
  /**
   * What training is compared with: the frozen encoder, of a model from a file also its features whitened, and the head that
   * was trained before the model itself.
   */
  untrained(): Promise<readonly UntrainedEncoder[]>;
}

/**
 * Opens a run's folder for evaluation, export or embedding.
 * @throws MaskconError "usage" where the folder holds no run, "checkpoint" where no checkpoint of it is whole.
 */
export async function loadRun(folder: string): Promise<Run> {
  const paths = runPaths(folder);
  const record = await readRecord(paths);
  if (!record) {
    if (!existsSync(folder)) refuseUrlAs("folder", folder, "usage");
    return fail("usage", {
      where: folder,
      expected: "the folder of a run",
      found: existsSync(folder) ? "no config.json in it" : "no such folder",
      fix: "train one with `maskcon train DATA --out RUN`",
    });
  }
  return {
    paths,
    record,
    async trained(encoder = record.config.encoder) {
      const { adapterShare } = record.config;
      const checkpoint = await loadLastCheckpoint(paths.checkpoints, record.id);
      if (!checkpoint) return noCheckpoint(paths.checkpoints);
      const { step, epoch } = checkpoint.position;
      return {
        weights: encoderWeights(checkpoint.tensors, encoder, adapterShare),
        step,
        epoch,
        warnings: checkpoint.skipped,
      };
    },
    initial: () => loadInitial({ paths, record }),
    async untrained() {
      const weights = await loadInitial({ paths, record });
      const { backbone, trainable } = record.config;
      if (!isModelFile(backbone)) return [{ name: "frozen", weights }];
      const whitens = adapterIn(weights)?.whitened !== undefined;
      const first = trainable === "head" ? [] : [{ name: "head", weights: withoutTrunk(weights) } as const];
      if (!whitens && first.length === 0) return [{ name: "frozen", weights }];
      return [
        { name: "frozen", weights: {} },
        ...(whitens ? [{ name: "whitened", weights: withoutAdapter(weights) } as const] : []),
        ...first,
      ];
    },
  };
}

/** The model's own numbers stand in its file. */
const withoutTrunk = (weights: Tensors): Tensors =>
  Object.fromEntries(Object.entries(weights).filter(([name]) => !name.startsWith("query_encoder.net.trunk.")));

/** A head of which nothing but the whitening is left: the adapter's last layer gives 0, as before training. */
export const withoutAdapter = (weights: Tensors): Tensors =>
  Object.fromEntries(
    Object.entries(withoutTrunk(weights)).map(([name, tensor]) => [
      name,
      name.startsWith("query_encoder.net.adapter.2.")
        ? { ...tensor, data: new Float32Array(tensor.data.length) }
        : tensor,
    ]),
  );
