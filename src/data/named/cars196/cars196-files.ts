import type { Origin } from "../origin.ts";
import { NO_CHECKSUM } from "../published.ts";

/** One list for all images, in `car_ims/`. */
export const ALL = "cars_annos.mat";
/** A list for each split, in `cars_train/` and `cars_test/`, and the names of the models. */
export const TRAIN = "cars_train_annos.mat";
export const TEST = "cars_test_annos_withlabels.mat";
export const META = "cars_meta.mat";

/** MD5 of the label files as distributed. */
export const carsChecksums: Readonly<Record<string, string>> = {
  [ALL]: "b407c6086d669747186bd1d764ff9dbc",
  [TRAIN]: "7b154abe023e6274e597db035347ff56",
  [TEST]: "b0a2b23655a3edd16d84508592a98d10",
  [META]: "4591ba8ddb31503892280ed8c6ed1c16",
};

/** The archives of the images and the devkit as distributed. */
const archives = {
  train: "cars_train.tgz (MD5 065e5b463ae28d29e77c1b4b166cfe61)",
  test: "cars_test.tgz (MD5 4ce7ebf6a94d07f1952d94dd34c4d501)",
  devkit: "car_devkit.tgz (MD5 c3b158d763b6e2245038c8ad08e45376)",
};

const COPIES_PAGE = "github.com/pytorch/vision/issues/7545";
const COPIES = `the official site is gone, and ${COPIES_PAGE} lists copies`;

/** Where label files are to be had. */
export function carsFix(...files: readonly string[]): string {
  const from = (file: string) => (file === TRAIN || file === META ? ", from car_devkit.tgz" : "");
  const sums = files.map((file) => `${file} (MD5 ${carsChecksums[file]}${from(file)})`);
  return `get ${sums.join(", ")}; ${COPIES}`;
}

export const CARS_IMAGES_FIX = `unpack car_ims.tgz (${NO_CHECKSUM}) there, or ${archives.train} and ${archives.test}; ${COPIES}`;

export const carsOrigin: Origin = {
  files: [],
  place: [
    `cars_train/, cars_test/  the photographs, from ${archives.train} and`,
    `                         ${archives.test};`,
    `devkit/                  cars_meta.mat and cars_train_annos.mat, from ${archives.devkit}, and`,
    `                         cars_test_annos_withlabels.mat (MD5 ${carsChecksums[TEST]});`,
    `                         or, in place of it all, cars_annos.mat (MD5 ${carsChecksums[ALL]})`,
    "                         and car_ims/, from car_ims.tgz. The authors' own server no longer has them:",
    `                         https://${COPIES_PAGE} lists copies`,
  ],
};
