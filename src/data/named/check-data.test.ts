import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { planes, put } from "../../../test/data-samples.ts";
import { batch, npzMembers, putMaps, trainNames, zip } from "../../../test/imagenet32-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { checkData } from "./check-data.ts";
import { cifar10Classes } from "./cifar10/cifar10-coarse.ts";

const byName = (folder: string, files: readonly { file: string; problem?: string; note?: string }[]) =>
  new Map(files.map(({ file, ...rest }) => [file.slice(folder.length + 1), rest]));

it("a damaged .npz has one problem, and whole ones are noted as without a published checksum", async () => {
  const folder = temporaryFolder();
  putMaps(folder);
  for (const name of [...trainNames, "val_data"]) put(folder, `${name}.npz`, zip(npzMembers(batch([1, 2]))));
  put(folder, "train_data_batch_3.npz", "no zip");
  const { files } = await checkData("imagenet32", folder);
  expect(files).toHaveLength(13);
  const found = byName(folder, files);
  expect(found.get("train_data_batch_2.npz")).toEqual({ note: "no published checksum" });
  expect(found.get("train_data_batch_3.npz")).toEqual({
    problem: expect.stringMatching(
      /expected a \.npz file, .*; unpack Imagenet32_train_npz\.zip .*no published checksum/,
    ),
  });
});

it("says of CIFAR's class names that no checksum was compared, and where records are wrong", async () => {
  const folder = temporaryFolder();
  put(folder, "batches.meta.txt", `${cifar10Classes.join("\n")}\n`);
  put(folder, "data_batch_1.bin", planes(1));
  const found = byName(folder, (await checkData("cifar10", folder)).files);
  expect(found.get("batches.meta.txt")).toEqual({ note: "no published checksum" });
  expect(found.get("data_batch_2.bin")!.problem).toMatch(
    /^missing \(MD5 5ea93a67.*\); unpack https:\/\/www\.cs\.toronto\.edu.*cifar-10-binary\.tar\.gz \(MD5 c32a1d4a/,
  );
  expect(found.get("data_batch_1.bin")!.problem).toMatch(/^expected MD5 5dd7e06a/);
});

it("compares unpacked idx files with the checksums of what the archives hold", async () => {
  const folder = temporaryFolder();
  put(folder, "train-images-idx3-ubyte", "");
  put(folder, "train-labels-idx1-ubyte.gz", gzipSync(""));
  const { files } = await checkData("fashion-mnist", folder);
  expect(files[0]).toEqual({
    file: join(folder, "train-images-idx3-ubyte"),
    problem: expect.stringMatching(/^expected MD5 f4a8712d.*; get http.*images-idx3-ubyte\.gz \(MD5 8d4fb7e6/),
  });
  expect(files[1]!.problem).toMatch(/^expected MD5 25c81989.*; get http.*, or run maskcon data get fashion-mnist$/);
});

it.each([
  ["cifar10", "cifar-10-batches-bin", "test_batch.bin", /^missing \(MD5 5dd7e06a.*cifar-10-binary\.tar\.gz \(MD5/],
  ["cifar100", "cifar-100-python", "test", /^missing \(MD5 7973b151.*cifar-100-python\.tar\.gz \(MD5/],
] as const)("looks for %s where its archive unpacks to", async (name, unpacked, file, missing) => {
  const folder = temporaryFolder();
  put(folder, `${unpacked}/${file}`, "");
  put(folder, "train/1.png", "");
  const { files, facts } = await checkData(name, folder);
  const found = byName(join(folder, unpacked), files);
  expect([...found.keys()].every((key) => !key.includes("/"))).toBe(true);
  expect(found.get(file)!.problem).toMatch(/^expected MD5 /);
  expect(found.get(name === "cifar10" ? "data_batch_1.bin" : "meta")!.problem).toMatch(missing);
  expect(facts).toEqual([]);
});
