import { relative } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { tarOf } from "../../test/tar-samples.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { formatRecord, parseRecord, resolveConfig } from "../config/index.ts";
import { describeData } from "../run/index.ts";
import { flagValues } from "./config-options.ts";
import { openRunData, openSource } from "./open-source.ts";

it("opens a run's data as it was first opened, from any folder", async () => {
  const folder = temporaryFolder();
  const members: [string, string | Uint8Array][] = [];
  for (const i of [0, 1, 2, 3])
    members.push([`${i}.png`, await png(i)], [`${i}.json`, JSON.stringify({ kind: i % 2 })]);
  const data = put(folder, "shard.tar", await tarOf(members));
  const coarseMap = put(folder, "map.csv", "fine,coarse\n0,even\n1,odd\n");
  const flags = { coarseMap: relative(process.cwd(), coarseMap), fineColumn: "kind", coarseColumn: "kind" };
  const config = resolveConfig({ flags: flagValues(flags) });
  expect(config.coarseMap).toBe(coarseMap);

  const dataset = {
    ...{ name: "d", trainImages: 2, testImages: 2, coarseClasses: ["even", "odd"], labels: "" },
    normalization: { mean: [0, 0, 0] as [number, number, number], std: [1, 1, 1] as [number, number, number] },
  };
  const recordOf = (labels: string) =>
    parseRecord(
      "config.json",
      JSON.parse(formatRecord({ version: "1", config, data, dataset: { ...dataset, labels } })),
    );
  const { labels } = describeData(await openSource(data, config));
  const { train, test } = await openRunData(recordOf(labels), {});
  expect([train.coarseClasses, train.fineClasses]).toEqual([
    ["even", "odd"],
    ["0", "1"],
  ]);
  expect([train.length, test!.length]).toEqual([2, 2]);
  await expect(openRunData(recordOf("others"), {})).rejects.toThrow(
    /shard\.tar: expected the 2 training images and labels that the run had, found other labels; .*--data DATA/,
  );
});

it("holds nothing out of other images, and splits the run's own as the run did, wherever they lie", async () => {
  const [own, moved, other] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
  for (let i = 0; i < 8; i++) {
    const name = `${i % 2 ? "odd" : "even"}/${i % 4}/${i}.png`;
    for (const folder of [own, moved]) put(folder, name, await png(i));
    put(other, `${i < 2 ? "few" : "more"}/${i}.png`, await png(i));
  }
  const config = resolveConfig({ flags: { testFraction: 0.5, imageSize: 16, trainImages: 3 } });
  const dataset = describeData(await openSource(own, config));
  const record = { version: "1", data: own, dataset, config };
  const sizes = async (data: string, more: object = {}) => {
    const { train, test } = await openRunData(record, { data, ...more });
    return [train.length, test?.length ?? 0];
  };
  expect(await sizes(moved)).toEqual([3, 4]);
  expect(await sizes(other)).toEqual([8, 0]);
  const coarseMap = put(other, "../map.csv", "fine,coarse\nfew,a\nmore,b\n");
  expect(await sizes(other, { coarseMap })).toEqual([8, 0]);
});

it("measures images of one coarse class, which are nothing to train on", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 8; i++) put(folder, `cats/${i % 2}/${i}.png`, await png(i));
  const config = resolveConfig({ flags: { imageSize: 16 } });
  await expect(openSource(folder, config)).rejects.toThrow(/expected at least two coarse classes, found only "cats"/);
  const dataset = {
    ...{ name: "d", trainImages: 2, testImages: 2, coarseClasses: ["even", "odd"], labels: "" },
    normalization: { mean: [0, 0, 0] as [number, number, number], std: [1, 1, 1] as [number, number, number] },
  };
  const { train } = await openRunData({ version: "1", dataset, config }, { data: folder });
  expect([train.length, train.coarseClasses, train.fineClasses]).toEqual([8, ["cats"], ["0", "1"]]);
});
