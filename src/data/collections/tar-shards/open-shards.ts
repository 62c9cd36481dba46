import { didYouMean, fail } from "../../../core/index.ts";
import { type ByteRanges, withRanges } from "../../../formats/index.ts";
import type { Dataset, LoadedData } from "../../dataset.ts";
import { READABLE_FORMATS } from "../../images/image-names.ts";
import { columnLabels } from "../check-labels.ts";
import type { Shard } from "../find-shards.ts";
import { dataFromFiles, imagesFromFiles } from "../from-files.ts";
import type { ColumnOptions, FilesOptions, LabelledFile } from "../labelled.ts";
import { imagePart } from "./image-part.ts";
import { refuseUnlabelled } from "./refuse-unlabelled.ts";
import { type SampleLabel, sampleLabels } from "./sample-labels.ts";
import { type Sample, samplesOf } from "./samples.ts";

/**
 * A WebDataset: tar files whose samples are an image and its labels (see `sampleLabels`). Images stay in their tars, and are
 * read from there wherever they do not fit into memory.
 * @param name the file or folder, for messages
 */
export async function openShards(name: string, shards: readonly Shard[], options: FilesOptions): Promise<LoadedData> {
  const { files, labels } = await readShards(name, shards, options, true);
  return dataFromFiles(name, files, options, { labels: labels === undefined ? undefined : columnLabels(labels) });
}

/** Every image of every split as one set; labels are not needed. */
export async function shardImages(name: string, shards: readonly Shard[], options: FilesOptions): Promise<Dataset> {
  return imagesFromFiles(name, (await readShards(name, shards, options, false)).files, options);
}

/** What is known of a set while its samples are read. */
interface Seen {
  /** Parts and keys that samples have. */
  readonly there: Set<string>;
  /** Of each kind of label: where the first stands. */
  readonly from: Map<"coarse" | "fine", { readonly from: string; readonly id: string }>;
}

async function readShards(name: string, shards: readonly Shard[], options: FilesOptions, labels: boolean) {
  const files: LabelledFile[] = [];
  const seen: Seen = { there: new Set(), from: new Map() };
  for (const shard of shards) {
    await withRanges(shard.file, async (ranges) => {
      for await (const sample of samplesOf(ranges)) {
        options.signal?.throwIfAborted();
        files.push(await labelledSample(ranges, shard, sample, options, labels, seen));
      }
    });
  }
  if (files.length === 0) fail("data", { where: name, expected: "samples with an image and its label", found: "none" });
  checkImages(name, files, options, seen.there);
  checkAsked(name, files, labels ? options : { imageColumn: options.imageColumn }, seen.there);
  const some = files.find(({ fine }) => fine !== undefined);
  const none = files.find(({ fine, problem }) => fine === undefined && problem === undefined);
  if (labels && some && none) {
    fail("data", {
      where: none.id,
      expected: "a fine label for every image, or for none",
      found: `one for ${some.id} and none here`,
    });
  }
  return { files, labels: seen.from.get("coarse")?.from };
}

/** Where a name was given, `checkAsked` says it better. */
function checkImages(name: string, files: readonly LabelledFile[], asked: ColumnOptions, there: Seen["there"]): void {
  if (asked.imageColumn !== undefined || files.some(({ problem }) => problem === undefined)) return;
  fail("data", {
    where: name,
    expected: "samples with an image",
    found: `samples with ${[...there].slice(0, 40).join(", ")}`,
    fix: `give each one, as ${READABLE_FORMATS}, with the ending that its format has`,
  });
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
  fail("data", {
    where: `${name}, ${key} "${asked[key]}"`,
    expected: "a part or a key of the JSON that samples have",
    found: `samples with ${[...there].slice(0, 40).join(", ")}`,
    fix: there.has(asked[key]!) ? undefined : didYouMean(asked[key]!, there),
  });
}

/** More names than samples share: each has keys of its own. */
const MAX_NAMES = 1000;

function note(names: Iterable<string>, there: Set<string>): void {
  for (const name of names) if (there.size < MAX_NAMES) there.add(name);
}

async function labelledSample(
  ranges: ByteRanges,
  shard: Shard,
  sample: Sample,
  options: FilesOptions,
  required: boolean,
  seen: Seen,
): Promise<LabelledFile> {
  note(sample.parts.keys(), seen.there);
  const image = imagePart(ranges, sample, options.imageColumn);
  const common = { split: shard.split, coarse: "", fine: undefined };
  if (!image) return { ...common, file: "", id: `${shard.name}/${sample.key}`, problem: "a sample without an image" };
  const member = sample.parts.get(image)!;
  const id = `${shard.name}/${sample.key}.${image}`;
  const file = { from: ranges.file, offset: member.offset, length: member.size };
  // Captions and other records must not stand in the way of images that need no label.
  if (!required) return { ...common, file, id };
  const { coarse, fine, keys, empty } = await sampleLabels(ranges, sample, options);
  note(keys, seen.there);
  if (coarse === undefined && (fine === undefined || options.coarseMap === undefined)) {
    const kind = fine === undefined ? "label" : "coarse label";
    await refuseUnlabelled(ranges, sample, { image, keys, empty, kind, labelled: seen.from.get("coarse") });
  }
  checkPlace("coarse", coarse, id, seen);
  checkPlace("fine", fine, id, seen);
  return { ...common, file, id, coarse: coarse?.text ?? "", fine: fine?.text };
}

/** A sample without the label that others have must not take another in its place: a caption, or the label of the other kind. */
function checkPlace(kind: "coarse" | "fine", label: SampleLabel | undefined, id: string, { from }: Seen): void {
  if (label === undefined) return;
  const first = from.get(kind);
  if (first === undefined) from.set(kind, { from: label.from, id });
  else if (first.from !== label.from) {
    fail("data", {
      where: id,
      expected: `the ${kind} label from ${first.from}, as in ${first.id}`,
      found: `one from ${label.from}`,
      fix: `name what all samples have with --${kind}-column`,
    });
  }
}
