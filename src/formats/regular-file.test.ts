import { expect, test } from "vitest";
import { put, putPipe } from "../../test/data-samples.ts";
import { batch, pickle3, putMaps, trainNames } from "../../test/imagenet32-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { checkData } from "../data/named/check-data.ts";
import { openData } from "../data/open.ts";

const refusal = "expected a readable file, found a pipe or a device";

test("a pipe in place of DATA is refused, not waited for", { timeout: 10_000 }, async (context) => {
  for (const name of ["x.tar", "x.parquet", "x.csv"]) {
    const file = putPipe(temporaryFolder(), name, context);
    await expect(openData(file)).rejects.toThrow(`${file}: ${refusal}`);
  }
});

test("so is one in place of a batch of ImageNet32", { timeout: 10_000 }, async (context) => {
  for (const ending of ["", ".npz"]) {
    const folder = temporaryFolder();
    putMaps(folder);
    const file = putPipe(folder, `${trainNames[0]}${ending}`, context);
    put(folder, "val_data", pickle3(batch([1])));
    await expect(openData(folder, { partial: true })).rejects.toThrow(`${file}: ${refusal}`);
  }
});

test("so is one whose checksum is asked for", { timeout: 10_000 }, async (context) => {
  const folder = temporaryFolder();
  const file = putPipe(folder, "train-images-idx3-ubyte.gz", context);
  await expect(checkData("fashion-mnist", folder)).rejects.toThrow(`${file}: ${refusal}`);
});
