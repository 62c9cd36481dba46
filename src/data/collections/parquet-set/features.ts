import { parseJson } from "../../../core/index.ts";
import type { Footer } from "../../../formats/parquet/index.ts";

/** What Hugging Face's `datasets` writes about a column. */
export interface Feature {
  /** `Image`, `ClassLabel`, `Value`, ... */
  readonly kind: string | undefined;
  /** Of a ClassLabel: what the numbers stand for. */
  readonly names: readonly string[] | undefined;
}

/** The columns as the key `huggingface` of the file's metadata describes them; empty where there is none. */
export function featuresOf(file: string, { metadata }: Footer): ReadonlyMap<string, Feature> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return new Map();
  const features = record(record(record(parseJson(text, `${file}, metadata "huggingface"`))?.info)?.features) ?? {};
  return new Map(Object.entries(features).map(([name, value]) => [name, featureOf(record(value))]));
}

function featureOf(feature: Readonly<Record<string, unknown>> | undefined): Feature {
  const { _type: kind, names } = feature ?? {};
  const strings = Array.isArray(names) && names.every((name) => typeof name === "string");
  return { kind: typeof kind === "string" ? kind : undefined, names: strings ? names : undefined };
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
