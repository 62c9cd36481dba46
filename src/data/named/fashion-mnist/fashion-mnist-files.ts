import type { Origin } from "../origin.ts";
import { md5Of, type Published } from "../published.ts";

/** The four files of Fashion-MNIST as distributed, and their bytes. */
const archives: Readonly<Record<string, readonly [md5: string, bytes: number]>> = {
  "train-images-idx3-ubyte.gz": ["8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880],
  "train-labels-idx1-ubyte.gz": ["25c81989df183df01b3e8a0aad5dffbe", 29_515],
  "t10k-images-idx3-ubyte.gz": ["bef4ecab320f06d8554ea6380940ec79", 4_422_102],
  "t10k-labels-idx1-ubyte.gz": ["bb300cfdad3c16e7a12a480ee83cd310", 5148],
};

export const fashionArchives: Published = Object.fromEntries(
  Object.entries(archives).map(([name, [md5]]) => [name, [md5]]),
);

/**
 * MD5 of the same files unpacked, as users of them publish it, several alike. Those of the label files were compared with what
 * the official archives unpack to.
 */
export const fashionContent: Published = {
  "train-images-idx3-ubyte": ["f4a8712d7a061bf5bd6d2ca38dc4d50a"],
  "train-labels-idx1-ubyte": ["9018921c3c673c538a1fc5bad174d6f9"],
  "t10k-images-idx3-ubyte": ["8181f5470baa50b63fa0f6fddb340f0a"],
  "t10k-labels-idx1-ubyte": ["15d484375f8d13e6eb1aabb0c3f46965"],
};

/** MNIST's unpacked files have the same names. MD5 as users of them publish it. */
export const mnistContent: Published = {
  "train-images-idx3-ubyte": ["6bbc9ace898e44ae57da46a324031adb"],
  "train-labels-idx1-ubyte": ["a25bea736e30d166cdddb491f175f624"],
  "t10k-images-idx3-ubyte": ["2646ac647ad5339dbf082846283269ea"],
  "t10k-labels-idx1-ubyte": ["27ae3e4e09519cfbb04c329615203637"],
};

/** The names that a file of idx is found under: as distributed, unpacked, and as some copies of it are called. */
export const fileNames = (name: string): readonly string[] => [name, `${name}.gz`, name.replace("-idx", ".idx")];

const urlOf = (name: string): string => `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${name}`;

/** What to do where one of the four files, compressed or not, is missing or damaged. */
export function fashionFix(name: string): string {
  const archive = `${name.replace(/\.gz$/, "").replace(".idx", "-idx")}.gz`;
  return `get ${urlOf(archive)} (${md5Of(fashionArchives, archive)}), or run maskcon data get fashion-mnist`;
}

export const fashionOrigin: Origin = {
  files: Object.entries(archives).map(([name, [md5, bytes]]) => ({ url: urlOf(name), name, md5, bytes })),
};
