import { readFileSync } from "node:fs";
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
