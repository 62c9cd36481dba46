import { fail, parseJson } from "../../../core/index.ts";
import { type ByteRanges, utf8Text } from "../../../formats/index.ts";
import type { Member } from "../../../formats/tar/index.ts";
import type { ColumnOptions } from "../labelled.ts";
import type { Sample } from "./samples.ts";

const MAX_TEXT = 1000;
const MAX_JSON = 2 ** 20;

export interface SampleLabels {
  readonly coarse: string | undefined;
  readonly fine: string | undefined;
  /** Of its JSON. */
  readonly keys: readonly string[];
}

/**
 * The labels of a sample. Coarse: part `coarse.cls` (or `.txt`), or key `coarse` or `coarse_label` of its JSON, else the one
 * label there is: `cls`, key `label`, `class` or `cls`, or `txt`. Fine: `fine.cls`, or key `fine` or `fine_label`.
 * @param names keys of the JSON, or parts, to take in their place
 * @throws MaskconError `data` naming the byte where a label is no label
 */
export async function sampleLabels(ranges: ByteRanges, sample: Sample, names: ColumnOptions): Promise<SampleLabels> {
  const { coarseColumn, fineColumn } = names;
  const json = await jsonOf(ranges, sample.parts.get("json"));
  const label = async (places: readonly Place[]) => {
    for (const place of places) {
      const found =
        place.kind === "key" ? fromKey(ranges, sample, json, place.name) : await fromPart(ranges, sample, place);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return {
    coarse: await label(coarseColumn === undefined ? coarsePlaces : placesOf(coarseColumn)),
    fine: await label(fineColumn === undefined ? finePlaces : placesOf(fineColumn)),
    keys: Object.keys(json),
  };
}

interface Place {
  readonly kind: "part" | "key";
  readonly name: string;
}

const parts = (...names: string[]): Place[] => names.map((name) => ({ kind: "part", name }));
const keys = (...names: string[]): Place[] => names.map((name) => ({ kind: "key", name }));
const placesOf = (name: string) => [...keys(name), ...parts(name.toLowerCase(), `${name.toLowerCase()}.cls`)];

const coarsePlaces: readonly Place[] = [
  ...parts("coarse.cls", "coarse.txt"),
  ...keys("coarse", "coarse_label"),
  ...parts("cls"),
  ...keys("label", "class", "cls"),
  ...parts("txt"),
];
const finePlaces: readonly Place[] = [...parts("fine.cls", "fine.txt"), ...keys("fine", "fine_label")];

type Json = Readonly<Record<string, unknown>>;

async function jsonOf(ranges: ByteRanges, member: Member | undefined): Promise<Json> {
  if (!member) return {};
  const where = placeOf(ranges, member);
  if (member.size > MAX_JSON)
    fail("data", { where, expected: `at most ${MAX_JSON} bytes`, found: String(member.size) });
  const text = await textOf(ranges, member);
  const value = parseJson(text, where);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  return fail("data", { where, expected: "a JSON object", found: text.slice(0, 60) });
}

function fromKey(ranges: ByteRanges, sample: Sample, json: Json, key: string): string | undefined {
  const value = Object.hasOwn(json, key) ? json[key] : undefined;
  if (value === undefined || value === null || value === "") return undefined;
  if ((typeof value === "string" && value.length <= MAX_TEXT) || Number.isInteger(value)) return String(value);
  const where = placeOf(ranges, sample.parts.get("json")!);
  const found = JSON.stringify(value).slice(0, 60);
  return fail("data", { where, expected: `text or a whole number as "${key}"`, found });
}

async function fromPart(ranges: ByteRanges, sample: Sample, { name }: Place): Promise<string | undefined> {
  const member = sample.parts.get(name);
  if (!member) return undefined;
  const where = placeOf(ranges, member);
  if (member.size > MAX_TEXT) {
    fail("data", { where, expected: `a label of at most ${MAX_TEXT} bytes`, found: String(member.size) });
  }
  return (await textOf(ranges, member)).trim() || undefined;
}

async function textOf(ranges: ByteRanges, member: Member): Promise<string> {
  const bytes = await ranges.read(member.offset, member.size);
  return utf8Text(bytes, `${ranges.file} (${member.name})`, member.offset);
}

const placeOf = ({ file }: ByteRanges, { name, offset }: Member) => `${file}, byte ${offset} (${name})`;
