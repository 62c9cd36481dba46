import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { version } from "../config/index.ts";
import { writeFileAtomically, writeTextAtomically } from "../core/atomic-file.ts";
import { fail, type Tensors } from "../core/index.ts";
import type { Normalization } from "../data/index.ts";
import { type BackboneName, encoderModel } from "../step/index.ts";
import { checkModel } from "./check-model.ts";
import { checkPlace } from "./check-place.ts";
import { type EncoderManifest, MANIFEST_FORMAT, manifestOf } from "./manifest.ts";

/** What `exportEncoder` writes, and where. */
export interface ExportOptions {
  /** A step's state, or the backbone's own tensors. */
  readonly tensors: Tensors;
  /** The network that the tensors belong to. */
  readonly backbone: BackboneName;
  /** S: side of the images in pixels; the file takes no other. */
  readonly imageSize: number;
  /** Of the images that it was trained on; the manifest says it. */
  readonly normalization: Normalization;
  /** The method that trained it, for the manifest. */
  readonly method: string;
  /** Digest of the run's configuration, for the manifest. */
  readonly configDigest: string;
  /** The .onnx file; the manifest lies beside it with the ending .json. */
  readonly file: string;
}

/** `encoder.onnx` -> `encoder.json` */
export const manifestFile = (file: string): string => `${file.slice(0, file.length - extname(file).length)}.json`;

/**
 * Writes an encoder as ONNX (input `images` ["batch", 3, S, S], output `features` ["batch", F], free batch) and its
 * manifest, each atomically. Before anything is written the model's structure is checked; then it is run in a plain ONNX
 * Runtime session with two batch sizes and its features are compared.
 * @throws MaskconError "engine" where they differ, "weights" where tensors are missing, "disk" where a file cannot be
 * written, "usage" where another file has the model's or the manifest's name
 */
export async function exportEncoder(o: ExportOptions): Promise<EncoderManifest> {
  const { backbone, imageSize, tensors } = o;
  await checkPlace(o.file, "onnx");
  await checkManifestPlace(o.file);
  const notes = { preprocessing: describePreprocessing(o.normalization), producerVersion: version };
  const model = encoderModel({ backbone, imageSize }, tensors, notes);
  const featureDim = await checkModel(model, { backbone, imageSize, tensors });
  const sha256 = createHash("sha256").update(model).digest("hex");
  const manifest = manifestOf({ ...o, sha256, featureDim });
  await writeFileAtomically(o.file, [model]);
  await writeManifest(o.file, manifest);
  return manifest;
}

/** Writes the manifest of a model beside it. */
export const writeManifest = (file: string, manifest: EncoderManifest): Promise<void> =>
  writeTextAtomically(manifestFile(file), `${JSON.stringify(manifest, null, 2)}\n`);

/** The manifest is named without its file, so that a model is the same under every name. */
export function describePreprocessing({ mean, std }: Normalization): string {
  const list = (values: readonly number[]) => `[${values.map((value) => Number(value.toPrecision(6))).join(", ")}]`;
  return (
    `Pixel values from 0 to 255 are divided by 255; then the mean ${list(mean)} is subtracted and the result divided by ` +
    `the standard deviation ${list(std)}, channel by channel. The manifest beside this file (the .json of the same name) ` +
    "has the exact numbers and all other steps."
  );
}

/** The manifest takes its name from the model's: it must not fall on the model, nor on somebody else's file. */
export async function checkManifestPlace(file: string): Promise<void> {
  const manifest = manifestFile(file);
  if (manifest === file) {
    const fix = "give it the ending .onnx";
    fail("usage", { where: file, expected: "a name for the model", found: "the ending of its manifest", fix });
  }
  if (!existsSync(manifest)) return;
  const found = await readFile(manifest, "utf8").catch(() => "");
  if (found.includes(`"${MANIFEST_FORMAT}"`)) return;
  fail("usage", {
    where: manifest,
    expected: "room for the manifest of the model",
    found: "another file",
    fix: "choose another --out",
  });
}
