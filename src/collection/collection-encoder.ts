import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { isModelFile, type RunConfig } from "../config/index.ts";
import { fail, type Tensors } from "../core/index.ts";
import { manifestFile, writeEncoder } from "../export/index.ts";
import type { Run } from "../run/index.ts";
import type { CollectionEncoder } from "./record.ts";

/** The encoders of a run that a collection is made with. */
export interface ChosenEncoders {
  readonly run: Run;
  readonly choice: RunConfig["encoder"];
  readonly step: number;
  readonly trained: Tensors;
  /** None where a pretrained model's own features are the frozen ones. */
  readonly frozen: Tensors;
}

/** The trained encoder, and the one of `kind` frozen, as files of the collection: it works without its run. */
export const encoderFile = (folder: string, kind: "trained" | "frozen"): string =>
  join(folder, kind === "trained" ? "encoder.onnx" : "frozen.onnx");

/**
 * The encoder of a run's last checkpoint, and its frozen one.
 * @throws MaskconError "checkpoint" where the run has no whole one
 */
export async function chooseEncoders(
  run: Run,
  choice: RunConfig["encoder"],
): Promise<ChosenEncoders & { warnings: readonly string[] }> {
  const { weights, step, warnings } = await run.trained(choice);
  const frozen = (await run.untrained()).find(({ name }) => name === "frozen")!;
  return { run, choice, step, trained: weights, frozen: frozen.weights, warnings };
}

/** What `collection.json` says of them, but for their dimensions. */
export function describeEncoders(encoders: ChosenEncoders): Omit<CollectionEncoder, "trained" | "frozen"> {
  const { run, choice, step } = encoders;
  const { id, model: sha256, config, dataset } = run.record;
  const { backbone, imageSize, features, featureOutput, method } = config;
  const { mean, std } = dataset.normalization;
  const model =
    isModelFile(backbone) && sha256 !== undefined ? { file: backbone, sha256, features, featureOutput } : undefined;
  const seen = { imageSize, normalization: { mean, std } };
  const hash = createHash("sha256").update(JSON.stringify([seen, sha256, features, featureOutput]));
  for (const weights of [encoders.trained, encoders.frozen]) addWeights(hash, weights);
  return {
    ...{ digest: hash.digest("hex"), ...(id === undefined ? {} : { run: id }), method, backbone, choice, step },
    ...seen,
    ...(model && { model }),
  };
}

function addWeights(hash: ReturnType<typeof createHash>, weights: Tensors): void {
  for (const name of Object.keys(weights).sort()) {
    const { shape, data } = weights[name]!;
    hash.update(`${name} ${shape.join(" ")}\n`).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  hash.update("\n");
}

/**
 * Refuses to add vectors of another encoder: they could not be compared.
 * @throws MaskconError "usage" where they are another's
 */
export function refuseOtherEncoder(
  folder: string,
  known: CollectionEncoder,
  found: Omit<CollectionEncoder, "trained" | "frozen">,
): void {
  if (known.digest === found.digest) return;
  const text = (of: typeof found) => `the ${of.choice} encoder of step ${of.step} of run ${of.run?.slice(0, 8) ?? "?"}`;
  const fix = "give the run that it was made with, or choose another --out";
  fail("usage", {
    where: folder,
    expected: `${text(known)} (${known.method}), which made this collection`,
    found: text(found),
    fix,
  });
}

/** Writes the encoders into a collection that has them not yet. */
export async function writeEncoders(folder: string, { run, trained, frozen }: ChosenEncoders): Promise<void> {
  const write = async (kind: "trained" | "frozen", weights: Tensors) => {
    const file = encoderFile(folder, kind);
    // The manifest is written last.
    if (!existsSync(manifestFile(file))) await writeEncoder(run, weights, file);
  };
  await write("trained", trained);
  // The model's own file stays where it is: it may be large, and `encoder.onnx` holds it already.
  if (!isModelFile(run.record.config.backbone)) await write("frozen", frozen);
}
