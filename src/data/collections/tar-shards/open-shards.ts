import { fail, nearest } from "../../../core/index.ts";
import { type ByteRanges, withRanges } from "../../../formats/index.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import type { Shard } from "../find-shards.ts";
import { dataFromFiles, imagesFromFiles } from "../from-files.ts";
import type { ColumnOptions, FilesOptions, LabelledFile } from "../labelled.ts";
import { isImageName } from "../walk.ts";
import { sampleLabels } from "./sample-labels.ts";
import { type Sample, samplesOf } from "./samples.ts";

/**
 * A WebDataset: tar files whose samples are an image and its labels (see `sampleLabels`). Images stay in their tars, and are
 * read from there wherever they do not fit into memory.
 * @param name the file or folder, for messages
 */
export async function openShards(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData> {
  return dataFromFiles(name, await readShards(name, shards, options, true), options);
}

/** Every image of every split as one set; labels are not needed. */
export async function shardImages(name: string, shards: readonly Shard[], options: FilesOptions): Promise<Dataset> {
  return imagesFromFiles(name, await readShards(name, shards, options, false), options);
}

async function readShards(
  name: string,
  shards: readonly Shard[],
  options: FilesOptions,
  labels: boolean,
): Promise<LabelledFile[]> {
  const files: LabelledFile[] = [];
  const there = new Set<string>();
  for (const shard of shards) {
    await withRanges(shard.file, async (ranges) => {
      for await (const sample of samplesOf(ranges)) {
        options.signal?.throwIfAborted();
        files.push(await labelledSample(ranges, shard, sample, options, labels, there));
      }
    });
  }
  if (files.length === 0) fail("data", { where: name, expected: "samples with an image and its label", found: "none" });
  checkAsked(name, files, labels ? options : { imageColumn: options.imageColumn }, there);
  const some = files.find(({ fine }) => fine !== undefined);
  const none = files.find(({ fine, problem }) => fine === undefined && problem === undefined);
  if (labels && some && none && options.coarseMap === undefined) {
    fail("data", {
      where: none.id,
      expected: "a fine label for every image, or for none",
      found: `one for ${some.id} and none here`,
    });
  }
  return files;
}

/** Nothing that was asked for is passed over in silence. @param there the parts and keys that samples have */
function checkAsked(
  name: string,
  files: readonly LabelledFile[],
  asked: ColumnOptions,
  there: ReadonlySet<string>,
): void {
  const used = {
    imageColumn: files.some(({ problem }) => problem === undefined),
    coarseColumn: files.some(({ coarse }) => coarse !== ""),
    fineColumn: files.some(({ fine }) => fine !== undefined),
  };
  const key = (["imageColumn", "coarseColumn", "fineColumn"] as const).find((key) => asked[key] && !used[key]);
  if (key === undefined) return;
  const near = nearest(asked[key]!, there);
  fail("data", {
    where: `${name}, ${key} "${asked[key]}"`,
    expected: "a part or a key of the JSON that samples have",
    found: `samples with ${listed(there)}`,
    ...(near === undefined || near === asked[key] ? {} : { fix: `did you mean "${near}"?` }),
  });
}

const listed = (names: Iterable<string>): string => [...names].slice(0, 40).join(", ");

/** More names than samples share: each has keys of its own. */
const MAX_NAMES = 1000;

function note(names: Iterable<string>, there: Set<string>): void {
  for (const name of names) if (there.size < MAX_NAMES) there.add(name);
}

/** @param there collects the parts and keys that samples have */
async function labelledSample(
  ranges: ByteRanges,
  shard: Shard,
  sample: Sample,
  options: FilesOptions,
  required: boolean,
  there: Set<string>,
): Promise<LabelledFile> {
  note(sample.parts.keys(), there);
  const image = imagePart(ranges, sample, options.imageColumn);
  const common = { split: shard.split, coarse: "", fine: undefined };
  if (!image) return { ...common, file: "", id: `${shard.name}/${sample.key}`, problem: "a sample without an image" };
  const member = sample.parts.get(image)!;
  const id = `${shard.name}/${sample.key}.${image}`;
  const file = { from: ranges.file, offset: member.offset, length: member.size };
  // Captions and other records must not stand in the way of images that need no label.
  if (!required) return { ...common, file, id };
  const { coarse, fine, keys } = await sampleLabels(ranges, sample, options);
  note(keys, there);
  if (coarse === undefined && (fine === undefined || options.coarseMap === undefined)) {
    fail("data", {
      where: `${ranges.file}, byte ${member.offset} (${member.name})`,
      expected: `a ${fine === undefined ? "" : "coarse "}label: cls, coarse.cls, or "coarse" or "label" in json`,
      found: `the parts and keys ${listed([...sample.parts.keys(), ...keys])}`,
      fix: "name the key or part with --coarse-column, or give fine labels and a coarse map with --coarse-map",
    });
  }
  return { ...common, file, id, coarse: coarse ?? "", fine };
}

/** Which part is the image: the one asked for, or the only one. */
function imagePart(ranges: ByteRanges, { key, parts }: Sample, asked: string | undefined): string | undefined {
  if (asked !== undefined) return parts.has(asked.toLowerCase()) ? asked.toLowerCase() : undefined;
  const images = [...parts.keys()].filter((ending) => isImageName(`x.${ending}`));
  if (images.length < 2) return images[0];
  return fail("data", {
    where: `${ranges.file}, sample ${key}`,
    expected: "one image in a sample",
    found: images.join(", "),
    fix: "name the one that is meant with --image-column",
  });
}
