import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, it } from "vitest";
import { planes, put } from "../../../test/data-samples.ts";
import { survivesDamage } from "../../../test/refusals.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { openData } from "../open.ts";
import { cifar10Classes } from "./cifar10/cifar10-coarse.ts";

const idx = (magic: number, sizes: number[], content: Uint8Array) => {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  for (const [i, value] of [magic, ...sizes].entries()) header.writeUInt32BE(value, 4 * i);
  return Buffer.concat([header, content]);
};

describe("damaged files are refused with their name and place", () => {
  const records = Buffer.concat([Buffer.from([9]), planes(1), Buffer.from([2]), planes(1)]);
  const classes = Buffer.from(cifar10Classes.join("\n"));

  it.each([
    ["data_batch_1.bin", records],
    ["batches.meta.txt", classes],
  ])("CIFAR's binary %s", async (name, whole) => {
    const folder = temporaryFolder();
    put(folder, "data_batch_1.bin", records);
    put(folder, "test_batch.bin", records);
    put(folder, "batches.meta.txt", classes);
    await survivesDamage(whole, join(folder, name), (damaged) => {
      put(folder, name, damaged);
      return openData(folder, { partial: true });
    });
  });

  const images = idx(0x803, [2, 28, 28], new Uint8Array(2 * 784));
  const labels = idx(0x801, [2], Uint8Array.of(1, 9));

  it.each([
    ["t10k-images-idx3-ubyte", images],
    ["t10k-labels-idx1-ubyte", labels],
    ["t10k-images-idx3-ubyte.gz", gzipSync(images)],
    ["t10k-labels-idx1-ubyte.gz", gzipSync(labels)],
  ])("%s", async (name, whole) => {
    const folder = temporaryFolder();
    const zipped = name.endsWith(".gz");
    for (const prefix of ["train", "t10k"]) {
      put(folder, `${prefix}-images-idx3-ubyte${zipped ? ".gz" : ""}`, zipped ? gzipSync(images) : images);
      put(folder, `${prefix}-labels-idx1-ubyte${zipped ? ".gz" : ""}`, zipped ? gzipSync(labels) : labels);
    }
    const coarseMap = put(
      folder,
      "map.csv",
      `fine,coarse\n${Array.from("0123456789", (fine) => `${fine},${+fine % 2}\n`).join("")}`,
    );
    // Where the number of images changes, it is the labels that no longer fit.
    await survivesDamage(whole, join(folder, "t10k-"), (damaged) => {
      put(folder, name, damaged);
      return openData(folder, { coarseMap });
    });
  });
});
