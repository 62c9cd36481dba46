import { readFileSync } from "node:fs";
import { labelsAt, openCollection } from "../src/collection/index.ts";
import { gatherRows } from "../src/core/index.ts";
import { csvRows } from "../src/formats/csv/index.ts";
import { npyHeader } from "../src/formats/numpy/npy-header.ts";

export interface LabelledFeatures {
  readonly features: Float32Array;
  readonly dim: number;
  readonly coarse: readonly string[];
  readonly fine: readonly string[];
}

/** Features of a .npy, float32 [images, features], and the columns coarse and fine of a CSV with one row an image. */
export function readLabelled(features: string, labels: string): LabelledFeatures {
  const bytes = readFileSync(features);
  const { shape, start } = npyHeader(bytes, features);
  const [n, dim] = shape as [number, number];
  const [header, ...rows] = [...csvRows(readFileSync(labels, "utf8"), labels)];
  const column = (name: string) => {
    const at = header!.fields.indexOf(name);
    return rows.map(({ fields }) => fields[at]!);
  };
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + start + 4 * n * dim));
  return { features: values, dim, coarse: column("coarse"), fine: column("fine") };
}

/** Vectors of a collection's images that are not taken out and have a fine label. */
export async function labelledOf(folder: string, kind: "trained" | "frozen"): Promise<LabelledFeatures> {
  const collection = await openCollection(folder);
  const [vectors, dim] = [await collection.vectors(kind), collection.record.encoder[kind]];
  const known = Array.from(collection.rows.ids.keys()).flatMap((row) => {
    const { coarse, fine } = labelsAt(collection.rows, row);
    return collection.rows.status[row] === 0 && fine !== null ? [{ row, coarse: coarse ?? "", fine }] : [];
  });
  const at = known.map(({ row }) => row);
  return {
    features: gatherRows(vectors, dim, at),
    dim,
    coarse: known.map(({ coarse }) => coarse),
    fine: known.map(({ fine }) => fine),
  };
}
