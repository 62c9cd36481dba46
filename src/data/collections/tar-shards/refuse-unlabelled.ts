import { basename } from "node:path";
import { fail } from "../../../core/index.ts";
import type { ByteRanges } from "../../../formats/index.ts";
import { type Member, membersOf } from "../../../formats/tar/index.ts";
import { endingsFix, type Sample, splitName } from "./samples.ts";

interface Unlabelled {
  /** The part that is the image. */
  readonly image: string;
  /** Of the sample's JSON. */
  readonly keys: readonly string[];
  /** Those of the keys that hold nothing. */
  readonly empty: readonly string[];
  readonly kind: "label" | "coarse label";
  /** A sample before it that has one, and where. */
  readonly labelled: { readonly from: string; readonly id: string } | undefined;
}

const MAX_NAMED = 40;

/**
 * Refuses a sample without its label, and says why it has none.
 * @throws MaskconError "data" where a sample has no label, with the reason
 */
export async function refuseUnlabelled(ranges: ByteRanges, sample: Sample, of: Unlabelled): Promise<never> {
  const { key, parts } = sample;
  const member = parts.get(of.image)!;
  const keys = of.keys.map((key) => (of.empty.includes(key) ? `${key} (null or empty)` : key));
  const there = [...parts.keys(), ...keys].slice(0, MAX_NAMED).join(", ");
  const later = await laterPart(ranges, sample);
  const failure = {
    where: `${ranges.file}, byte ${member.offset} (${member.name})`,
    expected: `a ${of.kind}: cls, coarse.cls, or "coarse" or "label" in json`,
    found: `the parts and keys ${there}`,
  };
  if (later) {
    return fail("data", {
      ...failure,
      found: `${there}, and ${later.name} at byte ${later.offset}, after other samples`,
      fix: "keep the parts of a sample together: pack the members sorted by name (tar --sort=name)",
    });
  }
  if (of.labelled) {
    return fail("data", { ...failure, fix: `give it one, as ${of.labelled.id} has (${of.labelled.from})` });
  }
  const stem = of.image.slice(0, of.image.lastIndexOf(".") + 1);
  if (stem !== "" && [...parts.keys()].some((ending) => ending !== of.image && ending.startsWith(stem))) {
    return fail("data", { ...failure, fix: endingsFix(member.name) });
  }
  const tar = basename(ranges.file);
  const folders = key.includes("/") && parts.size === 1;
  const unpack = `; if the folders in ${tar} are the classes, unpack it (tar xf ${tar}) and give its folder`;
  const nothing = parts.size === 1 && of.keys.length === 0;
  const fix = nothing
    ? `add a member ${key}.cls with the name of its class, and so for every image`
    : "name the key or part with --coarse-column, or give fine labels and a coarse map with --coarse-map";
  return fail("data", { ...failure, fix: `${fix}${folders ? unpack : ""}` });
}

/** A part of the sample that comes after others. */
async function laterPart(ranges: ByteRanges, { key, parts }: Sample): Promise<Member | undefined> {
  const last = Math.max(...[...parts.values()].map(({ offset }) => offset));
  for await (const member of membersOf(ranges)) {
    if (member.offset > last && splitName(member.name)?.key === key) return member;
  }
  return undefined;
}
