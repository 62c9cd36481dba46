import type { CifarArchive } from "../cifar/cifar-archive.ts";

/** CIFAR-100 for Python: pickles. MD5 of the archive as its page has it, of the files as libraries that load them do. */
export const cifar100Python: CifarArchive = {
  file: "cifar-100-python.tar.gz",
  md5: "eb9058c3a382ffc7106e4002c42a8d85",
  folder: "cifar-100-python",
  files: {
    meta: ["7973b15100ade9c7d40fb424638fde48"],
    train: ["16019d7e3df5f24257cddd939b257f8d"],
    test: ["f0ef6b0ae62326f3e7ffdfab6717acfc"],
  },
  // An image folder's splits have such names too, but are folders.
  signs: ["meta", "train", "test"],
  fetched: "cifar100",
};

/** CIFAR-100 as binary records. */
export const cifar100Binary: CifarArchive = {
  file: "cifar-100-binary.tar.gz",
  md5: "03b5dce01913d631647c71ecec9e9cb8",
  folder: "cifar-100-binary",
  files: {
    "coarse_label_names.txt": [],
    "fine_label_names.txt": [],
    "train.bin": ["6172c7755cfe09b2fe270c85cebc1b15"],
    "test.bin": ["4499cfba6c016c1be1438163640a0898"],
  },
  signs: ["coarse_label_names.txt", "fine_label_names.txt"],
};
