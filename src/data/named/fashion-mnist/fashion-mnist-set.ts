import { checkFiles } from "../check-files.ts";
import { withFacts } from "../facts.ts";
import type { NamedSet } from "../named-set.ts";
import { openAsFashion, openFashionMnist } from "./fashion-mnist.ts";
import { fashionArchives, fashionContent, fashionFix, fashionOrigin, fileNames } from "./fashion-mnist-files.ts";

const idxNames = Object.keys(fashionContent);
const [images = "", ...others] = idxNames;

/**
 * Fashion-MNIST (Xiao et al. 2017), with three coarse classes of this project. MNIST and its kin are found with it, since their
 * files have the same names.
 */
export const fashionMnist: NamedSet<"fashion-mnist"> = {
  names: ["fashion-mnist"],
  signs: fileNames(images).map((name) => [name]),
  folders: [["FashionMNIST/raw", "raw"], ["MNIST/raw"], ["KMNIST/raw"]],
  parts: others.flatMap(fileNames),
  hints: [],
  origin: () => fashionOrigin,
  open: ({ path, files }, { coarseMap, anyClasses = false }) =>
    openFashionMnist(path, files, coarseMap !== undefined || anyClasses),
  async check({ path, files }, _, signal) {
    const published = Object.fromEntries(
      idxNames.map((name) => {
        const found = fileNames(name).find((other) => files.includes(other)) ?? `${name}.gz`;
        return [found, fashionArchives[found] ?? fashionContent[name]!];
      }),
    );
    return withFacts(
      path,
      await checkFiles(path, files, published, fashionFix, signal),
      () => openAsFashion(path, files),
      { train: 60_000, test: 10_000, coarse: 3, fine: 10, trainEach: [6000, 6000], testEach: [1000, 1000] },
    );
  },
};
