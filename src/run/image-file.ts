import { existsSync } from "node:fs";
import { int32, MaskconError } from "../core/index.ts";
import { readSafetensors, readSafetensorsHeader, writeSafetensors } from "../formats/safetensors/safetensors-file.ts";
import { type ImageList, listDigest, ROW_WORDS } from "./image-list.ts";

/**
 * Writes what identifies a run's images: int32 [length, 8] of each split.
 * @throws MaskconError "disk" where it cannot be written
 */
export async function writeImageList(file: string, { train, test }: ImageList): Promise<void> {
  const table = (rows: Int32Array) => int32([rows.length / ROW_WORDS, ROW_WORDS], rows);
  await writeSafetensors(file, { train: table(train), test: table(test) }, { format: "maskcon-images-1" });
}

/** Reads it back, where it is the list with this digest; else says in words why it cannot be had. */
export async function readImageList(
  file: string,
  { digest, trainImages, testImages }: { digest: string; trainImages: number; testImages: number },
): Promise<ImageList | { readonly problem: string }> {
  if (!existsSync(file)) return { problem: `${file} is missing` };
  try {
    // Its size is known beforehand: nothing larger is read.
    const { tensors } = await readSafetensorsHeader(file);
    const sizes = tensors.map(({ name, type, shape }) => `${name} ${type} ${shape.join(" x ")}`).sort();
    const expected = [`test I32 ${testImages} x ${ROW_WORDS}`, `train I32 ${trainImages} x ${ROW_WORDS}`];
    if (sizes.join() !== expected.join()) return { problem: `${file} is of other images` };
    const { train, test } = (await readSafetensors(file)).tensors;
    const list = { train: train!.data as Int32Array, test: test!.data as Int32Array };
    return listDigest(list) === digest ? list : { problem: `${file} is damaged, or of another run` };
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    return { problem: `${file} cannot be read (${error.failure.found})` };
  }
}
