import { relative } from "node:path";
import { expect, it } from "vitest";
import { png, put, temporaryFolder } from "../../test/data-samples.ts";
import { tarOf } from "../../test/tar-samples.ts";
import { formatRecord, parseRecord, resolveConfig } from "../config/index.ts";
import { flagValues } from "./config-options.ts";
import { openRunData } from "./open-source.ts";

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
  const record = parseRecord("config.json", JSON.parse(formatRecord({ version: "1", config, data, dataset })));
  const { train, test } = await openRunData(record, undefined);
  expect([train.coarseClasses, train.fineClasses]).toEqual([
    ["even", "odd"],
    ["0", "1"],
  ]);
  expect([train.length, test!.length]).toEqual([2, 2]);
});
