import { existsSync } from "node:fs";
import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import {
  freeBatch,
  type JoinedModel,
  joinModels,
  openTrunk,
  type Pooling,
  readForeignModel,
  withChangedCopy,
} from "../backbone/index.ts";
import { version } from "../config/index.ts";
import { duplicateFile, makeFolder, writeFileAtomically } from "../core/atomic-file.ts";
import { fail, messageOf, random, type Tensors } from "../core/index.ts";
import type { Normalization } from "../data/index.ts";
import { silenceTelemetry } from "../engine/index.ts";
import { digestOf } from "../formats/index.ts";
import { type Adapter, adapterIn, compileEncoder, encoderModel, trunkIn } from "../step/index.ts";
import { checkPlace } from "./check-place.ts";
import { checkManifestPlace, describePreprocessing, writeManifest } from "./encoder.ts";
import { type EncoderManifest, manifestOf } from "./manifest.ts";

export interface ModelExportOptions {
  /** The frozen model, and its output and pooling where they are not the usual ones. */
  readonly model: string;
  readonly output?: string | undefined;
  readonly pooling?: Pooling | undefined;
  /** SHA-256 of the model and the files beside it; another one is refused. */
  readonly digest?: string | undefined;
  /** Of the adapter behind it, by a query encoder's names. */
  readonly tensors: Tensors;
  readonly imageSize: number;
  readonly normalization: Normalization;
  readonly method: string;
  readonly configDigest: string;
  /** The .onnx file; the manifest lies beside it with the ending .json. */
  readonly file: string;
}

/** Largest difference of a feature, as a share of the largest, between the file and the model with its adapter. */
const TOLERANCE = 1e-4;

/**
 * Writes a frozen model and the adapter behind it as one ONNX file with its manifest; numbers that the model keeps in other
 * files are copied beside it. Before it takes its place the file is run in a plain ONNX Runtime session.
 * @throws MaskconError "engine" where its features differ, "weights" where the model cannot be joined or is another, "usage"
 * where another file lies there, "disk" where it cannot be written
 */
export async function exportModelEncoder(o: ModelExportOptions): Promise<EncoderManifest> {
  await checkPlace(o.file, "onnx");
  await checkManifestPlace(o.file);
  await refuseOnto(o.model, o.file);
  const backbone = adapterIn(o.tensors);
  if (!backbone) fail("weights", { where: o.model, expected: "the tensors of an adapter", found: "none" });
  const numbers = trunkIn(o.tensors);
  const write = (trunk: string) => writeJoined(o, backbone, trunk);
  const model = await readForeignModel(o.model, o);
  const free = await freeBatch(model);
  const isChanged = numbers.size > 0 || free !== undefined;
  const joined = isChanged ? await withChangedCopy(model, () => ({ ...free, numbers }), write) : await write(o.model);
  const manifest = manifestOf({ ...o, ...joined, sha256: await digestOf(o.file, "sha256"), backbone: o.model });
  await writeManifest(o.file, manifest);
  return manifest;
}

/** @param trunk the model, with its trained numbers where it has some, and with a free batch where that can be made */
async function writeJoined(o: ModelExportOptions, backbone: Adapter, trunk: string): Promise<JoinedModel> {
  const kind = trunkIn(o.tensors).size === 0 ? "pretrained" : "trained";
  const joined = await joinModels({
    ...{ trunk, output: o.output, pooling: o.pooling, imageSize: o.imageSize },
    ...{ inputName: "images", outputName: "features" },
    head: encoderModel({ backbone, imageSize: o.imageSize }, o.tensors),
    doc: `Image encoder: a ${kind} model and an adapter. ${describePreprocessing(o.normalization)}`,
    producer: { name: "maskcon", version },
  });
  const reference = await referenceFeatures(o, backbone, joined.batch ?? 2);
  for (const { from, name } of joined.external) await copyBeside(from, join(dirname(o.file), name));
  await writeFileAtomically(o.file, joined.pieces(), { beforeReplace: (written) => compare(written, reference) });
  return joined;
}

/** The model itself would be lost. */
async function refuseOnto(model: string, file: string): Promise<void> {
  const [a, b] = await Promise.all([model, file].map((path) => realpath(path).catch(() => path)));
  if (a !== b) return;
  const fix = "choose another --out";
  fail("usage", { where: file, expected: "another file than the model it is made of", found: "that model", fix });
}

async function copyBeside(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  if (existsSync(to)) {
    if ((await digestOf(to, "sha256")) === (await digestOf(from, "sha256"))) return;
    const fix = "choose another --out";
    fail("usage", { where: to, expected: `a new file, for numbers of ${from}`, found: "another file", fix });
  }
  await duplicateFile(from, to);
}

/** Images of noise and their features, by the model and then the adapter. */
interface Reference {
  readonly images: Float32Array;
  readonly count: number;
  readonly imageSize: number;
  readonly features: Float32Array;
}

async function referenceFeatures(o: ModelExportOptions, backbone: Adapter, count: number): Promise<Reference> {
  const { imageSize } = o;
  const { output, pooling, digest } = o;
  const numbers = trunkIn(o.tensors);
  const trunk = await openTrunk({ file: o.model, output, pooling, imageSize, digest, numbers });
  try {
    const rng = random(0, imageSize);
    const images = Float32Array.from({ length: count * 3 * imageSize ** 2 }, () => 4 * rng.uniform() - 2);
    const adapter = await compileEncoder({ backbone, imageSize, batchSize: count, device: "cpu" });
    try {
      await adapter.load(o.tensors);
      return { images, count, imageSize, features: await adapter.embed(await trunk.embed(images)) };
    } finally {
      await adapter.close();
    }
  } finally {
    await trunk.close();
  }
}

async function compare(file: string, { images, count, imageSize, features }: Reference): Promise<void> {
  silenceTelemetry();
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 }).catch((error) =>
    refuse("a model that loads", messageOf(error)),
  );
  try {
    const feeds = { images: new Tensor("float32", images, [count, 3, imageSize, imageSize]) };
    const result = await session.run(feeds).catch((error) => refuse("a model that runs", messageOf(error)));
    const found = result.features?.data as Float32Array | undefined;
    if (found?.length !== features.length) refuse(`${features.length} values`, String(found?.length ?? "none"));
    const largest = features.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const difference = features.reduce((most, value, i) => Math.max(most, Math.abs(value - found[i]!)), 0);
    if (!(difference <= TOLERANCE * largest)) refuse(`features within ${TOLERANCE * largest}`, String(difference));
  } finally {
    await session.release();
  }
}

function refuse(expected: string, found: string): never {
  fail("engine", { where: "exported encoder", expected, found, fix: "report this; the file was not written" });
}
