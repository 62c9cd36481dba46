import { readFile } from "node:fs/promises";
import { z } from "zod";
import { fail, fsReason, messageOf } from "../../../core/index.ts";
import { carsArchives, carsChecksums } from "../cars196/cars196.ts";
import type { DatasetName } from "../check-data.ts";
import {
  type CifarArchive,
  cifarArchives,
  cifarUrl,
  fashionMnist,
  fashionUrl,
  imagenet32,
  type Published,
} from "../published.ts";
import { labelLists } from "./label-lists.ts";
import type { RemoteFile } from "./remote-file.ts";

/** Where a dataset comes from: addresses of its authors that have been stable for years, and words for the rest of it. */
export interface Origin {
  readonly files: readonly RemoteFile[];
  /** What cannot be fetched, a line each; absent where `files` are all. */
  readonly place?: readonly string[] | undefined;
}
export type Addresses = Readonly<Record<DatasetName, Origin>>;

const toronto = (name: CifarArchive, bytes: number): Origin => ({
  files: [{ url: cifarUrl(name), name, md5: cifarArchives[name], bytes, unpack: 400 * 2 ** 20 }],
});
const cifar10 = toronto("cifar-10-python.tar.gz", 170_498_071);

const zalando = (name: string, bytes: number): RemoteFile => ({
  url: fashionUrl(name),
  name,
  md5: fashionMnist[name]![0]!,
  bytes,
});

const md5Lines = (published: Published) =>
  Object.entries(published).map(([name, sums]) => `${name.padEnd(30)}MD5 ${sums.join(" or ")},`);
const sop = (files: readonly RemoteFile[]): Origin => ({
  files,
  place: [
    "Stanford_Online_Products/  unpacked from Stanford_Online_Products.zip (MD5 7f73d41a2f44250d4779881525aea32e),",
    "                           ftp://cs.stanford.edu/cs/cvgl/Stanford_Online_Products.zip",
  ],
});

export const addresses: Addresses = {
  cifar10,
  "cifartoy-good": cifar10,
  "cifartoy-bad": cifar10,
  cifar100: toronto("cifar-100-python.tar.gz", 169_001_437),
  "fashion-mnist": {
    files: [
      zalando("train-images-idx3-ubyte.gz", 26_421_880),
      zalando("train-labels-idx1-ubyte.gz", 29_515),
      zalando("t10k-images-idx3-ubyte.gz", 4_422_102),
      zalando("t10k-labels-idx1-ubyte.gz", 5148),
    ],
  },
  imagenet32: {
    files: labelLists.imagenet32,
    place: [
      ...md5Lines(imagenet32),
      "                              from Imagenet32_train.zip and Imagenet32_val.zip (or the .npz of the same names, from",
      "                              Imagenet32_train_npz.zip and Imagenet32_val_npz.zip, whose MD5 are others), of",
      "                              https://image-net.org/download-images, after login: Downsampled image data",
    ],
  },
  "sop-split1": sop(labelLists["sop-split1"]),
  "sop-split2": sop(labelLists["sop-split2"]),
  cars196: {
    files: [],
    place: [
      `cars_train/, cars_test/  the photographs, from ${carsArchives.train} and`,
      `                         ${carsArchives.test};`,
      `devkit/                  cars_meta.mat and cars_train_annos.mat, from ${carsArchives.devkit}, and`,
      `                         cars_test_annos_withlabels.mat (MD5 ${carsChecksums["cars_test_annos_withlabels.mat"]});`,
      `                         or, in place of it all, cars_annos.mat (MD5 ${carsChecksums["cars_annos.mat"]})`,
      "                         and car_ims/, from car_ims.tgz. The authors' own server no longer has them:",
      "                         https://github.com/pytorch/vision/issues/7545 lists copies",
    ],
  },
};

const schema = z.record(
  z.string(),
  z.strictObject({
    files: z.array(
      z.strictObject({
        url: z.url({ protocol: /^https?$/ }),
        name: z.string().regex(/^\w[\w.-]*(\/\w[\w.-]*)?$/),
        md5: z.string().regex(/^[0-9a-f]{32}$/),
        bytes: z.int().min(1),
        unpack: z.int().min(1).optional(),
      }),
    ),
    place: z.array(z.string()).optional(),
  }),
);

/** The addresses with some replaced from a JSON file of the same form: another mirror, or a test's own server. */
export async function withAddresses(file: string): Promise<Addresses> {
  let values: unknown;
  try {
    values = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    const found = error instanceof SyntaxError ? messageOf(error) : fsReason(error);
    return fail("usage", { where: file, expected: "a JSON file of addresses", found }, error);
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return { ...addresses, ...parsed.data };
  const issue = parsed.error.issues[0]!;
  const found = `${issue.message} at ${issue.path.join(".") || "the top"}`;
  return fail("usage", { where: file, expected: "a JSON file of addresses", found });
}
