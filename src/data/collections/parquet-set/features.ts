import { canonicalName, fail, parseJson } from "../../../core/index.ts";
import type { Footer } from "../../../formats/parquet/index.ts";

/** What Hugging Face's `datasets` writes about a column. */
export interface Feature {
  /** `Image`, `ClassLabel`, `Value`, ... */
  readonly kind: string | undefined;
  /** Of a ClassLabel: what the numbers stand for. */
  readonly names: readonly string[] | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Structs within structs, as deep as any set has them. */
const MAX_DEPTH = 16;

/**
 * The columns by their paths, as the key `huggingface` of the file's metadata describes them; empty where there is none.
 * @throws MaskconError "data" where a ClassLabel's names are no list of different texts, with the column
 */
export function featuresOf(file: string, { metadata, leaves }: Footer): ReadonlyMap<string, Feature> {
  const text = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  if (text === undefined) return new Map();
  const where = `${file}, metadata "huggingface"`;
  const described = record(record(record(parseJson(text, where))?.info)?.features);
  const features = new Map<string, Feature>();
  for (const { names } of leaves) {
    let columns = described;
    let path = "";
    for (const name of names.slice(0, MAX_DEPTH)) {
      const feature = columns && Object.hasOwn(columns, name) ? record(columns[name]) : undefined;
      if (feature === undefined) break;
      path = path ? `${path}.${name}` : name;
      if (!features.has(path)) features.set(path, featureOf(feature, `${where}, column ${path}`));
      // A struct is an object of its columns, without a type of its own.
      columns = typeof feature._type === "string" ? undefined : feature;
    }
  }
  return features;
}

function featureOf({ _type, names }: Json, where: string): Feature {
  const kind = typeof _type === "string" ? _type : undefined;
  const named = kind === "ClassLabel" && names !== undefined && names !== null;
  return { kind, names: named ? classNames(names, where) : undefined };
}

/** One name of two numbers would make one class of two; `datasets` refuses it too. */
function classNames(names: unknown, where: string): readonly string[] {
  const expected = "a name for each number of the ClassLabel";
  if (!Array.isArray(names)) return fail("data", { where, expected, found: shown(names) });
  const numbers = new Map<string, number>();
  for (const [number, name] of names.entries()) {
    if (typeof name !== "string") return fail("data", { where, expected, found: `${shown(name)} for ${number}` });
    const earlier = numbers.get(canonicalName(name));
    if (earlier !== undefined && name.trim() !== "") {
      const found = `${shown(name)} for ${earlier} and for ${number}`;
      return fail("data", { where, expected: "different names for the numbers of the ClassLabel", found });
    }
    numbers.set(canonicalName(name), number);
  }
  return names;
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 60);

const record = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
