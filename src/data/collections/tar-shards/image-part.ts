import { fail, firstFew } from "../../../core/index.ts";
import type { ByteRanges } from "../../../formats/index.ts";
import { isImageName } from "../../images/image-names.ts";
import { endingsFix, type Sample } from "./samples.ts";

/**
 * Which part of a sample is its image: the one asked for, or the only one; undefined where it has none.
 * @throws MaskconError "data" where it has several
 */
export function imagePart(ranges: ByteRanges, { key, parts }: Sample, asked: string | undefined): string | undefined {
  if (asked !== undefined) return parts.has(asked.toLowerCase()) ? asked.toLowerCase() : undefined;
  const images = [...parts.keys()].filter((ending) => isImageName(`x.${ending}`));
  const [first, second] = images;
  if (second === undefined) return first;
  const dotted = images.every((ending) => ending.includes("."));
  const other = dotted ? `; where each is a sample of its own, ${endingsFix(parts.get(first!)!.name)}` : "";
  return fail("data", {
    where: `${ranges.file}, sample ${key}`,
    expected: "one image in a sample",
    found: firstFew(images),
    fix: `name the one that is meant with --image-column${other}`,
  });
}
