import { createRequire } from "node:module";
import { basename } from "node:path";
import { type Normalization, type TestTransform, testTransform } from "../data/index.ts";

export const MANIFEST_FORMAT = "maskcon-encoder-1";

/** What a program needs to know to use an exported encoder; lies beside it as JSON. */
export interface EncoderManifest {
  readonly format: typeof MANIFEST_FORMAT;
  /** The model's file name, in the manifest's own folder, and the SHA-256 of its bytes. */
  readonly model: string;
  readonly sha256: string;
  readonly input: TensorContract;
  /** From the file of an image to `input`, in its own `order`. */
  readonly preprocessing: TestTransform;
  readonly output: TensorContract;
  readonly featureDim: number;
  /** Features are not normalised; compare them by cosine, that is, divide each row by its length first. */
  readonly similarity: { readonly metric: "cosine"; readonly normalize: "l2" };
  /** Its name, or the file name of a pretrained model. */
  readonly backbone: string;
  readonly method: string;
  /** Digest of the configuration of the run that trained the encoder. */
  readonly configDigest: string;
  readonly generator: { readonly name: "maskcon"; readonly version: string };
}

/** A tensor that the file takes or gives. The batch size is free. */
export interface TensorContract {
  readonly name: string;
  readonly dtype: "float32";
  readonly shape: readonly (number | "batch")[];
}

interface ManifestOptions {
  readonly file: string;
  /** Of the model's bytes. */
  readonly sha256: string;
  /** A name, or the path of a model from a file. */
  readonly backbone: string;
  /** Images that the model takes at once; absent: any number. */
  readonly batch?: number | undefined;
  readonly imageSize: number;
  readonly featureDim: number;
  readonly normalization: Normalization;
  readonly method: string;
  readonly configDigest: string;
}

export function manifestOf(o: ManifestOptions): EncoderManifest {
  return {
    format: MANIFEST_FORMAT,
    model: basename(o.file),
    sha256: o.sha256,
    input: { name: "images", dtype: "float32", shape: [o.batch ?? "batch", 3, o.imageSize, o.imageSize] },
    preprocessing: testTransform(o.imageSize, o.normalization),
    output: { name: "features", dtype: "float32", shape: [o.batch ?? "batch", o.featureDim] },
    featureDim: o.featureDim,
    similarity: { metric: "cosine", normalize: "l2" },
    backbone: basename(o.backbone),
    method: o.method,
    configDigest: o.configDigest,
    generator: { name: "maskcon", version: packageVersion() },
  };
}

function packageVersion(): string {
  // The same two steps up from src/export and from dist/export.
  const manifest = createRequire(import.meta.url)("../../package.json") as { version: string };
  return manifest.version;
}
