/** Where the files of named datasets are, and their MD5, as their authors or the libraries that load them publish it. */

/** For each file, the sums of its known releases. */
export type Published = Readonly<Record<string, readonly string[]>>;

export const NO_CHECKSUM = "no published checksum";

/** The sums of a file in words. */
export const md5Of = (published: Published, name: string): string =>
  published[name]?.length ? `MD5 ${published[name].join(" or ")}` : NO_CHECKSUM;

/** Where the label lists of the official MaskCon code are, in `coarse_labels`. */
export const officialCode = "github.com/MrChenFeng/MaskCon_CVPR2023";

const TORONTO = "https://www.cs.toronto.edu/~kriz/";
/** MD5 of CIFAR's archives, as their page has it. */
export const cifarArchives = {
  "cifar-10-python.tar.gz": "c58f30108f718f92721af3b95e74349a",
  "cifar-10-binary.tar.gz": "c32a1d4ab5d03f1284b67883e8d87530",
  "cifar-100-python.tar.gz": "eb9058c3a382ffc7106e4002c42a8d85",
  "cifar-100-binary.tar.gz": "03b5dce01913d631647c71ecec9e9cb8",
} as const;
export type CifarArchive = keyof typeof cifarArchives;

export const cifarUrl = (archive: CifarArchive): string => `${TORONTO}${archive}`;

/** What to do where files of an archive are missing or damaged. */
export function cifarFix(archive: CifarArchive): string {
  const unpack = `unpack ${cifarUrl(archive)} (MD5 ${cifarArchives[archive]})`;
  // What is fetched is the Python version.
  const name = archive.startsWith("cifar-100") ? "cifar100" : "cifar10";
  return archive.includes("python") ? `${unpack}, or run maskcon data get ${name}` : unpack;
}

export const cifar10Python: Published = {
  "batches.meta": ["5ff9c542aee3614f3951f8cda6e48888"],
  data_batch_1: ["c99cafc152244af753f735de768cd75f"],
  data_batch_2: ["d4bba439e000b95fd0a9bffe97cbabec"],
  data_batch_3: ["54ebc095f3ab1f0389bbae665268c751"],
  data_batch_4: ["634d18415352ddfa80567beed471001a"],
  data_batch_5: ["482c414d41f54cd18b22e5b47cb7c3cb"],
  test_batch: ["40351d587109b95175f43aff81a1287e"],
};

export const cifar10Binary: Published = {
  "batches.meta.txt": [],
  "data_batch_1.bin": ["5dd7e06a14cb22eb9f671a540d1b7c25"],
  "data_batch_2.bin": ["5ea93a67294ea407fff1d09f752e9692"],
  "data_batch_3.bin": ["942cd6a4bcdd0dd3c604fbe906cb4421"],
  "data_batch_4.bin": ["ae636b3ba5c66a11e91e8cb52e771fcb"],
  "data_batch_5.bin": ["53f37980c15c3d472c316c40844f3f0d"],
  "test_batch.bin": ["803d5f7f4d78ea53de84dbe85f74fb6d"],
};

export const cifar100Python: Published = {
  meta: ["7973b15100ade9c7d40fb424638fde48"],
  train: ["16019d7e3df5f24257cddd939b257f8d"],
  test: ["f0ef6b0ae62326f3e7ffdfab6717acfc"],
};

export const cifar100Binary: Published = {
  "coarse_label_names.txt": [],
  "fine_label_names.txt": [],
  "train.bin": ["6172c7755cfe09b2fe270c85cebc1b15"],
  "test.bin": ["4499cfba6c016c1be1438163640a0898"],
};

export const fashionUrl = (name: string): string =>
  `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`;

/** What to do where one of the four files, compressed or not, is missing or damaged. */
export function fashionFix(name: string): string {
  const archive = name.endsWith(".gz") ? name : `${name}.gz`;
  return `get ${fashionUrl(archive)} (${md5Of(fashionMnist, archive)}), or run maskcon data get fashion-mnist`;
}

export const fashionMnist: Published = {
  "train-images-idx3-ubyte.gz": ["8d4fb7e6c68d591d4c3dfef9ec88bf0d"],
  "train-labels-idx1-ubyte.gz": ["25c81989df183df01b3e8a0aad5dffbe"],
  "t10k-images-idx3-ubyte.gz": ["bef4ecab320f06d8554ea6380940ec79"],
  "t10k-labels-idx1-ubyte.gz": ["bb300cfdad3c16e7a12a480ee83cd310"],
};

/** Where a batch is to be had. */
export function imagenet32Source(name: string): string {
  const archive = `Imagenet32_${name.startsWith("val") ? "val" : "train"}${name.endsWith(".npz") ? "_npz" : ""}.zip`;
  return `unpack ${archive} (https://image-net.org/download-images, after login: Downsampled image data)`;
}

/** What to do where a batch is missing or damaged. */
export const imagenet32Fix = (name: string): string =>
  `${imagenet32Source(name)} for ${name} (${md5Of(imagenet32, name)})`;

/** Two releases of the pickles are in use. */
export const imagenet32: Published = {
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

/** As the official MaskCon code has them. */
export const imagenet32Maps: Published = {
  "imagenet32_to_fine.json": ["9f5ff69dd4b8e1b458c897eac0c1f351"],
  "imagenet_fine_to_coarse.json": ["c527bc6c4a7bbc33d98fa5474daff739"],
};

/** The lists of SOP's two splits, as the official MaskCon code has them. */
export const sopLists: Published = {
  "sop_split1/train_path.json": ["0a6459bc151991fef8e011fab1910aea"],
  "sop_split1/train_fine_label.json": ["9ccde808872dc9fdcfa34f55d5653e75"],
  "sop_split1/train_coarse_label.json": ["c8686c4309b035f2daeeeea66ac08669"],
  "sop_split1/test_path.json": ["cd7866c1f33964f0259a66a65b0be6cb"],
  "sop_split1/test_fine_label.json": ["ccf1de63b358d3b5a0027d48ab1b43b7"],
  "sop_split1/test_coarse_label.json": ["cdf4fec2297dcfbd892910adca692e35"],
  "sop_split2/train_path.json": ["3520a18a9643cfde32b2c09c929186fd"],
  "sop_split2/train_fine_label.json": ["705b2f0a3948f6c78e4f9332607f4d77"],
  "sop_split2/train_coarse_label.json": ["7ce19c4349a307064f557a29d83f1bfb"],
  "sop_split2/test_path.json": ["1fac611ceb94e89f4958fed81d756b0c"],
  "sop_split2/test_fine_label.json": ["70a7f1508cdd10bd453b4a3f80e23610"],
  "sop_split2/test_coarse_label.json": ["b6c52ecb0fdae6fc4c20cc7a30cf8dd0"],
};
