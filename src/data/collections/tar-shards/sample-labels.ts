import { fail } from "../../../core/index.ts";
import { type ByteRanges, hasControls, utf8Text } from "../../../formats/index.ts";
import type { Member } from "../../../formats/tar/index.ts";
import { type ColumnOptions, isNoLabel, MAX_LABEL, NO_LABEL } from "../labelled.ts";
import { labelIn, type SampleJson, sampleJson } from "./sample-json.ts";
import type { Sample } from "./samples.ts";

const MAX_JSON = 2 ** 20;

export interface SampleLabel {
  readonly text: string;
  /** Where it stands: `part cls`, `key label of json`. */
  readonly from: string;
}

export interface SampleLabels {
  readonly coarse: SampleLabel | undefined;
  readonly fine: SampleLabel | undefined;
  /** Of its JSON. */
  readonly keys: readonly string[];
  /** Those of its keys that hold null or blank text. */
  readonly empty: readonly string[];
}

/**
 * The labels of a sample. Coarse: part `coarse.cls` (or `.txt`), or key `coarse` or `coarse_label` of its JSON, else the one
 * label there is: `cls`, key `label`, `class` or `cls`, or `txt`. Fine: `fine.cls`, or key `fine` or `fine_label`.
 * @param names keys of the JSON, or parts, to take in their place
 * @throws MaskconError "data" where a label is no label, is empty or -1, with the byte and the member
 */
export async function sampleLabels(ranges: ByteRanges, sample: Sample, names: ColumnOptions): Promise<SampleLabels> {
  const { coarseColumn, fineColumn } = names;
  const json = await jsonOf(ranges, sample.parts.get("json"));
  const label = async (places: readonly Place[]): Promise<SampleLabel | undefined> => {
    for (const { kind, name } of places) {
      const text = kind === "key" ? fromKey(ranges, sample, json, name) : await fromPart(ranges, sample, name);
      if (text !== undefined) return { text, from: kind === "key" ? `key ${name} of json` : `part ${name}` };
    }
    return undefined;
  };
  return {
    coarse: await label(coarseColumn === undefined ? coarsePlaces : placesOf(coarseColumn)),
    fine: await label(fineColumn === undefined ? finePlaces : placesOf(fineColumn)),
    keys: Object.keys(json),
    empty: Object.keys(json).filter((key) => isBlank(json[key])),
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

async function jsonOf(ranges: ByteRanges, member: Member | undefined): Promise<SampleJson> {
  if (!member) return {};
  const where = placeOf(ranges, member);
  if (member.size === 0) fail("data", { where, expected: "a JSON object", found: "an empty member" });
  if (member.size > MAX_JSON)
    fail("data", { where, expected: `at most ${MAX_JSON} bytes`, found: String(member.size) });
  return sampleJson(await textOf(ranges, member), where);
}

const isBlank = (value: unknown) => value === null || (typeof value === "string" && value.trim() === "");

function fromKey(ranges: ByteRanges, { parts }: Sample, json: SampleJson, key: string): string | undefined {
  const member = parts.get("json");
  if (!member) return undefined;
  const where = placeOf(ranges, member);
  const text = labelIn(json, key, where);
  if (text !== undefined && isNoLabel(text)) fail("data", { where, expected: `a label as "${key}"`, found: NO_LABEL });
  return text;
}

async function fromPart(ranges: ByteRanges, { parts }: Sample, name: string): Promise<string | undefined> {
  const member = parts.get(name);
  if (!member) return undefined;
  const where = placeOf(ranges, member);
  if (member.size > MAX_LABEL) {
    fail("data", { where, expected: `a label of at most ${MAX_LABEL} bytes`, found: String(member.size) });
  }
  const text = (await textOf(ranges, member)).trim();
  if (text === "" || isNoLabel(text)) {
    fail("data", { where, expected: "a label", found: text === "" ? "an empty member" : NO_LABEL });
  }
  if (hasControls(text)) {
    const fix = "write numbers as decimal text";
    fail("data", { where, expected: "a label as text", found: "control characters, as bytes of a number have", fix });
  }
  return text;
}

async function textOf(ranges: ByteRanges, member: Member): Promise<string> {
  const bytes = await ranges.read(member.offset, member.size);
  return utf8Text(bytes, `${ranges.file} (${member.name})`, member.offset);
}

const placeOf = ({ file }: ByteRanges, { name, offset }: Member) => `${file}, byte ${offset} (${name})`;
