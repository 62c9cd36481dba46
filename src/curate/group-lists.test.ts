import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sampleRow, writeSample } from "../../test/collection-samples.ts";
import { HOSTILE_NAMES, hostileName } from "../../test/hostile-names.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { editCollection, openCollection } from "../collection/index.ts";
import { csvRows } from "../formats/csv/index.ts";
import { withRanges } from "../formats/index.ts";
import { chunkOf, columnValues, readFooter } from "../formats/parquet/index.ts";
import { groupsCsv, writeGroupsParquet } from "./group-lists.ts";

const NAMES = 10_000;

async function hostileCollection() {
  const folder = temporaryFolder();
  const names = Array.from({ length: NAMES }, (_, i) => HOSTILE_NAMES[i] ?? hostileName(i));
  const rows = names.map((name, i) => sampleRow(i + 1, { name, coarse: i % 2 ? "=cmd|' /C calc'!A0" : 'a,b\n"c"' }));
  await writeSample(folder, [rows], { trained: 1, frozen: 1 });
  const editor = await editCollection(folder);
  await editor.apply({ action: "assign", ids: [1, 3], group: "new", name: "@SUM(1)\r\n" });
  await editor.close();
  return { folder, names, coarse: rows.map((row) => row.coarse!), collection: await openCollection(folder) };
}

const python = (() => {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

test("ten thousand hostile names come back unchanged from CSV, by two readers, and from Parquet", {
  timeout: 60_000,
}, async () => {
  const { folder, names, coarse, collection } = await hostileCollection();
  const text = Buffer.concat([...groupsCsv(collection)]).toString("utf8");
  const [, ...lines] = [...csvRows(text, "list.csv")].map(({ fields }) => fields);
  expect(lines.map((fields) => fields[1])).toEqual(names);
  expect(lines.map((fields) => fields[2])).toEqual(coarse);
  expect(lines[0]!.slice(3)).toEqual(["1", "@SUM(1)\r\n", ""]);
  expect(lines[1]!.slice(3)).toEqual(["", "", ""]);
  if (python) {
    writeFileSync(join(folder, "list.csv"), text);
    const script =
      "import csv,json,sys; print(json.dumps([r[1] for r in csv.reader(open(sys.argv[1], newline='', encoding='utf-8'))][1:]))";
    const read = execFileSync("python3", ["-c", script, join(folder, "list.csv")], { maxBuffer: 2 ** 27 });
    expect(JSON.parse(read.toString("utf8"))).toEqual(names);
  }
  await writeGroupsParquet(join(folder, "list.parquet"), collection);
  const found = await withRanges(join(folder, "list.parquet"), async (ranges) => {
    const footer = await readFooter(ranges);
    const leaf = footer.leaves.find(({ path }) => path === "path")!;
    const texts: string[] = [];
    for (const group of footer.metadata.row_groups.keys()) {
      for await (const { values } of columnValues(ranges, chunkOf(ranges.file, footer, group, leaf))) {
        for (const value of values) texts.push(Buffer.from(value as Uint8Array).toString("utf8"));
      }
    }
    return texts;
  });
  expect(found).toEqual(names);
});
