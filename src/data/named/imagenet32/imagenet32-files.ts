import { OFFICIAL_CODE, officialList } from "../official-code.ts";
import type { Origin } from "../origin.ts";
import { md5Of, type Published } from "../published.ts";

/** Downsampled ImageNet's pickles. Two releases of them are in use. */
export const imagenet32Batches: Published = {
  train_data_batch_1: ["6c4495e65cd24a8c3019857ef9b758ee", "dd6683a336ab645d336f7b47c67d8456"],
  train_data_batch_2: ["3dd727de4155836807dfc19f98c9fe70", "b9b1f5ad237638a41e80944fc03b42af"],
  train_data_batch_3: ["03d3dc4e850e23e1d526f268a0196296", "e33306a0f4234b5c5812a32845bfbd04"],
  train_data_batch_4: ["876f7e6d6ddb1f52ecb654ffdc8293f6", "4db6d81c460a5170a03ef03e1ddd21dd"],
  train_data_batch_5: ["c789bcdd1feed34a9bc58598a1a1bf7d", "baa0f1d06099f55e5fe50d43fca4d334"],
  train_data_batch_6: ["8ce5344cb1e11f31bc507cae4c856083", "bba3bc6e83e0703df1ec7e277e0b6800"],
  train_data_batch_7: ["32ecc8ad6c55b1c9cb6cf79a2cc46094", "48dd0fd4511b39d518dbabba2f5b36b7"],
  train_data_batch_8: ["bdeb6da3d05771121992b48c59c69439", "46583e44f926baaeacbf8c333dc6110f"],
  train_data_batch_9: ["58417149b5ce31688f805341e7f57b4f", "7c82c36ce028b457204f1080d1793669"],
  train_data_batch_10: ["46ad60a1144aaf97a143914453b0dabb", "14e3a6ce19d584ba97208a1d9f551e63"],
  val_data: ["06c02b8b4c8de8b3a36b07859a49de6f", "4836a1eec28cd4476eb017126cd0f059"],
};

/** Where a batch is to be had. */
export function imagenet32Source(name: string): string {
  const archive = `Imagenet32_${name.startsWith("val") ? "val" : "train"}${name.endsWith(".npz") ? "_npz" : ""}.zip`;
  return `unpack ${archive} (https://image-net.org/download-images, after login: Downsampled image data)`;
}

/** What to do where a batch is missing or damaged. */
export const imagenet32Fix = (name: string): string =>
  `${imagenet32Source(name)} for ${name} (${md5Of(imagenet32Batches, name)})`;

export const FINE_MAP = "imagenet32_to_fine.json";
export const COARSE_MAP = "imagenet_fine_to_coarse.json";

/** The label maps, as the official MaskCon code has them. */
export const imagenet32Maps: Published = {
  [FINE_MAP]: ["9f5ff69dd4b8e1b458c897eac0c1f351"],
  [COARSE_MAP]: ["c527bc6c4a7bbc33d98fa5474daff739"],
};
const mapBytes: Readonly<Record<string, number>> = { [FINE_MAP]: 11_780, [COARSE_MAP]: 10_063 };

/** What to do where a map is missing or damaged. */
export const mapFix = (name: string): string =>
  `copy it from coarse_labels/imagenet32 of https://${OFFICIAL_CODE} (${md5Of(imagenet32Maps, name)}), or run maskcon data get imagenet32`;

const MARGIN = " ".repeat(30);

export const imagenet32Origin: Origin = {
  files: Object.entries(imagenet32Maps).map(([name, [md5]]) =>
    officialList(`imagenet32/${name}`, md5!, mapBytes[name]!, name),
  ),
  place: [
    ...Object.keys(imagenet32Batches).map((name) => `${name.padEnd(30)}${md5Of(imagenet32Batches, name)},`),
    `${MARGIN}from Imagenet32_train.zip and Imagenet32_val.zip (or the .npz of the same names, from`,
    `${MARGIN}Imagenet32_train_npz.zip and Imagenet32_val_npz.zip, whose MD5 are others), of`,
    `${MARGIN}https://image-net.org/download-images, after login: Downsampled image data`,
  ],
};
