import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";

import { type CollectionRows, openCollection, rowStatuses } from "../collection/index.ts";

let folder: string;
const at = (name: string) => join(folder, name);
const collect = (...more: string[]) => runCommand(["collect", at("run"), "--out", at("col"), ...more]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "maskcon-collect-"));
  for (let i = 0; i < 16; i++) put(folder, `data/${i % 2 ? "b/z" : "a/y"}/${i}.png`, await png(16 * i, 16 + i, 16));
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1"];
  expect(await runCommand(["train", at("data"), "--out", at("run"), ...sizes, ...more])).toMatchObject({ code: 0 });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

const named = ({ names, status }: CollectionRows) => names.map((name, row) => `${name} ${rowStatuses[status[row]!]}`);

it("collects the run's own images, then only what is new", { timeout: 60_000 }, async () => {
  expect(await collect()).toMatchObject({ code: 0, out: `${at("col")}: 16 images (16 added, 0 as before)\n` });
  const first = await openCollection(at("col"));
  const { rows } = first;
  expect([...new Set(rows.names)].sort()).toEqual(
    Array.from({ length: 16 }, (_, i) => `${i % 2 ? "b/z" : "a/y"}/${i}.png`).sort(),
  );
  expect([rows.coarse.names, rows.fine.names, rows.split.names]).toEqual([
    ["a", "b"],
    ["y", "z"],
    ["train", "test"],
  ]);
  const row = rows.names.indexOf("a/y/4.png");
  const { size } = statSync(at("data/a/y/4.png"));
  expect([rows.widths[row], rows.heights[row], rows.bytes[row], rows.files[row]]).toEqual([20, 16, size, "a/y/4.png"]);
  expect(first.record.sources).toEqual([{ data: at("data"), folder: at("data") }]);
  for (const kind of ["trained", "frozen"] as const) {
    const vectors = await first.vectors(kind);
    expect(Math.hypot(...vectors.subarray(0, first.record.encoder[kind]))).toBeCloseTo(1, 6);
  }

  expect(await collect()).toMatchObject({ code: 0, out: `${at("col")}: 16 images (0 added, 16 as before)\n` });
  copyFileSync(at("data/a/y/0.png"), at("data/a/y/new.png"));
  copyFileSync(at("data/a/y/2.png"), at("data/a/y/4.png"));
  rmSync(at("data/b/z/1.png"));
  const again = await collect("--json");
  expect(again.err).toContain("warning: no longer there: b/z/1.png");
  const known = { rows: 18, added: 2, replaced: 1, unchanged: 14, missing: ["b/z/1.png"], relabelled: [] };
  expect(JSON.parse(again.out)).toEqual({ folder: at("col"), ...known });
  const second = await openCollection(at("col"));
  expect([...second.rows.ids]).toEqual(Array.from({ length: 18 }, (_, i) => i + 1));
  expect(named(second.rows).filter((text) => !text.endsWith("live"))).toEqual(
    named(second.rows).filter((text) => ["a/y/4.png replaced", "b/z/1.png missing"].includes(text)),
  );
  expect(named(second.rows).slice(16).sort()).toEqual(["a/y/4.png live", "a/y/new.png live"]);
  // The first rows are untouched.
  const dim = second.record.encoder.trained;
  expect((await second.vectors("trained")).slice(0, 16 * dim)).toEqual(await first.vectors("trained"));

  // Of a copy the same vector; what is back is no longer missing.
  put(folder, "data/b/z/1.png", await png(16, 17, 16));
  expect((await collect()).out).toContain("(0 added, 17 as before)");
  const third = await openCollection(at("col"));
  expect(named(third.rows)).toContain("b/z/1.png live");
  const vectors = await third.vectors("trained");
  const of = (name: string) => vectors.slice(dim * third.rows.names.lastIndexOf(name)).slice(0, dim);
  for (const [i, value] of of("a/y/new.png").entries()) expect(value).toBeCloseTo(of("a/y/0.png")[i]!, 5);
});

it("has a thumbnail of every image in sheets of 16 x 16", async () => {
  const { rows } = await openCollection(at("col"));
  expect(rows.tiles[0]).toBe(0);
  const sheet = join(at("col"), "sheets", readdirSync(join(at("col"), "sheets")).sort()[0]!);
  const { data, info } = await sharp(sheet).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height, info.channels]).toEqual([16 * 96, 96, 4]);
  // The corner of a picture that is wider than high is clear, its middle is not.
  expect(data[3]).toBe(rows.widths[0]! > 16 ? 0 : 255);
  expect(data[(48 * info.width + 48) * 4 + 3]).toBe(255);
});

it("takes images without labels, and images of one split without missing the others", { timeout: 60_000 }, async () => {
  put(folder, "loose/x.png", await png(3, 16, 16));
  const loose = await runCommand(["collect", at("run"), at("loose"), "--out", at("col"), "--unlabelled"]);
  expect(loose).toMatchObject({ code: 0, out: expect.stringContaining("(1 added, 0 as before)") });
  const { rows, record } = await openCollection(at("col"));
  expect([rows.names.at(-1), rows.coarse.numbers.at(-1), rows.split.numbers.at(-1)]).toEqual(["x.png", -1, -1]);
  expect(record.sources.map(({ data }) => data)).toEqual([at("data"), at("loose")]);
  for (let i = 0; i < 4; i++) {
    for (const split of ["train", "test"]) put(folder, `split/${split}/${i % 2}/${i}.png`, await png(9 * i, 16, 16));
  }
  const part = (split: string) =>
    runCommand(["collect", at("run"), at("split"), "--out", at("parts"), "--split", split, "--json"]);
  expect(JSON.parse((await part("train")).out)).toMatchObject({ rows: 4, added: 4, missing: [] });
  expect(JSON.parse((await part("test")).out)).toMatchObject({ rows: 8, added: 4, missing: [] });
});

it("refuses in one line what cannot be", { timeout: 60_000 }, async () => {
  put(folder, "other/file.txt", "mine");
  const refused = async (line: string[], code: number, message: RegExp) => {
    const said = await runCommand(["collect", ...line]);
    expect([said.code, said.err]).toEqual([code, expect.stringMatching(message)]);
    expect(said.err.trimEnd().split("\n").at(-1)).toMatch(/^maskcon: /);
  };
  await refused(
    [at("run"), "--out", at("other")],
    2,
    /expected a new folder, or a collection, found another folder, with file\.txt/,
  );
  await refused([at("run"), "--out", at("data/in")], 2, /expected a folder outside the images/);
  await refused([at("other"), "--out", at("x")], 2, /expected the folder of a run/);
  await refused([at("run"), at("none"), "--out", at("x")], 1, /found nothing of that name/);
  await refused([at("run"), "--split", "some", "--out", at("x")], 2, /--split: expected train or test, found "some"/);
  await refused([at("run"), "--unlabelled", "--out", at("x")], 2, /--unlabelled: expected DATA/);
  const labels = ["--unlabelled", "--coarse-column", "kind"];
  await refused([at("run"), at("data"), ...labels, "--out", at("x")], 2, /--coarse-column: expected labels to read/);
  put(folder, "bad/a/1.png", "text");
  put(folder, "bad/b/2.png", await png(1, 16, 16));
  await refused([at("run"), at("bad"), "--out", at("x")], 1, /1 of 2 unreadable: a\/1\.png/);
  expect(existsSync(at("x"))).toBe(false);
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "2"];
  expect(await runCommand(["train", at("data"), "--out", at("run2"), ...sizes, ...more])).toMatchObject({ code: 0 });
  await refused(
    [at("run2"), "--out", at("col")],
    2,
    /the query encoder of step 1 of run .* \(maskcon\), which made this collection, found the query encoder of step 2/,
  );
});
