import { existsSync } from "node:fs";
import { openSession, readForeignModel } from "../backbone/index.ts";
import { type Collection, encoderFile, type VectorKind } from "../collection/index.ts";
import { fail } from "../core/index.ts";
import type { Dataset } from "../data/index.ts";
import { embedDataset, type FeatureEncoder } from "../eval/index.ts";
import { type ModelConfig, openModel } from "../run/index.ts";

/** Embeds pictures as those of a collection were. */
export interface QueryEncoder {
  /**
   * The features of an image file, by its path or its bytes, [dim], not normalised.
   * @throws MaskconError "image" where it cannot be read
   */
  embed(image: string | Uint8Array): Promise<Float32Array>;
  close(): Promise<void>;
}

type Opened = FeatureEncoder & { readonly batchSize: number; close(): Promise<void> };

/**
 * Opens the encoder that a collection keeps; a pretrained model's own features need its file where it was.
 * @throws MaskconError "weights" where it is not there, or is another
 */
export async function openQueryEncoder({ folder, record }: Collection, kind: VectorKind): Promise<QueryEncoder> {
  const { model, imageSize, normalization } = record.encoder;
  const encoder =
    kind === "frozen" && model
      ? await openPretrained(model, imageSize)
      : await openFile(encoderFile(folder, kind), record.encoder[kind], imageSize);
  if (encoder.featureDim !== record.encoder[kind]) {
    const found = `${encoder.featureDim}`;
    fail("weights", { where: folder, expected: `an encoder of ${record.encoder[kind]} features`, found });
  }
  const { batchSize } = encoder;
  return {
    async embed(image) {
      const dataset = typeof image === "string" ? imageFile(image, normalization) : picture(image, normalization);
      const rows = await embedDataset(encoder, dataset, { batchSize, imageSize, workers: 1 });
      return rows.subarray(0, encoder.featureDim);
    },
    close: () => encoder.close(),
  };
}

/** An image file as a dataset. */
export const imageFile = (file: string, normalization: Dataset["normalization"]): Dataset => ({
  ...{ name: file, length: 1, ids: [file], coarseClasses: [], fineClasses: undefined },
  ...{ coarse: Int32Array.of(-1), fine: undefined, source: { kind: "files", files: [file] }, normalization },
});

/** The bytes of an image file as a dataset. */
function picture(bytes: Uint8Array, normalization: Dataset["normalization"]): Dataset {
  const part = new SharedArrayBuffer(bytes.length);
  new Uint8Array(part).set(bytes);
  const place = { part: Int32Array.of(0), offsets: Float64Array.of(0), lengths: Int32Array.of(bytes.length) };
  return { ...imageFile("the picture", normalization), source: { kind: "slices", parts: [part], ...place } };
}

async function openPretrained(
  model: NonNullable<Collection["record"]["encoder"]["model"]>,
  imageSize: number,
): Promise<Opened> {
  const { file, sha256, features, featureOutput } = model;
  const config = { backbone: file, imageSize, features, featureOutput } as unknown as ModelConfig;
  return { ...(await openModel(config, sha256)), batchSize: 1 };
}

/** A collection may be anybody's: its encoder is tried in another process first, as a foreign model is. */
async function openFile(file: string, featureDim: number, imageSize: number): Promise<Opened> {
  if (!existsSync(file)) {
    const fix = "run the `maskcon collect` that made the collection once more";
    fail("weights", { where: file, expected: "the encoder of the collection", found: "no such file", fix });
  }
  const model = await readForeignModel(file, { output: "features", imageSize });
  const session = await openSession(model);
  return {
    ...{ featureDim, batchSize: model.input.batch ?? 1 },
    async embed(images) {
      const { data, shape } = await session.run(images);
      if (shape.at(-1) !== featureDim || shape.length !== 2) {
        fail("weights", { where: file, expected: `${featureDim} features an image`, found: `[${shape.join(", ")}]` });
      }
      return data;
    },
    close: () => session.close(),
  };
}
