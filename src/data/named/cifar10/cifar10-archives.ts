import type { CifarArchive } from "../cifar/cifar-archive.ts";

/** CIFAR-10 for Python: pickles. MD5 of the archive as its page has it, of the files as libraries that load them do. */
export const cifar10Python: CifarArchive = {
  file: "cifar-10-python.tar.gz",
  md5: "c58f30108f718f92721af3b95e74349a",
  folder: "cifar-10-batches-py",
  files: {
    "batches.meta": ["5ff9c542aee3614f3951f8cda6e48888"],
    data_batch_1: ["c99cafc152244af753f735de768cd75f"],
    data_batch_2: ["d4bba439e000b95fd0a9bffe97cbabec"],
    data_batch_3: ["54ebc095f3ab1f0389bbae665268c751"],
    data_batch_4: ["634d18415352ddfa80567beed471001a"],
    data_batch_5: ["482c414d41f54cd18b22e5b47cb7c3cb"],
    test_batch: ["40351d587109b95175f43aff81a1287e"],
  },
  signs: ["batches.meta"],
  fetched: "cifar10",
};

/** CIFAR-10 as binary records. */
export const cifar10Binary: CifarArchive = {
  file: "cifar-10-binary.tar.gz",
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
  folder: "cifar-10-batches-bin",
  files: {
    "batches.meta.txt": [],
    "data_batch_1.bin": ["5dd7e06a14cb22eb9f671a540d1b7c25"],
    "data_batch_2.bin": ["5ea93a67294ea407fff1d09f752e9692"],
    "data_batch_3.bin": ["942cd6a4bcdd0dd3c604fbe906cb4421"],
    "data_batch_4.bin": ["ae636b3ba5c66a11e91e8cb52e771fcb"],
    "data_batch_5.bin": ["53f37980c15c3d472c316c40844f3f0d"],
    "test_batch.bin": ["803d5f7f4d78ea53de84dbe85f74fb6d"],
  },
  signs: ["batches.meta.txt"],
};
