import { readFileSync } from "node:fs";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { expect, it } from "vitest";
import { put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { random } from "../core/index.ts";

/** Smooth pictures: of a class the same two colours, in blobs of their own. */
async function picture(kind: number, seed: number): Promise<Sharp> {
  const rng = random(seed, kind);
  const [side, colours] = [48, [kind === 0 ? [220, 60, 40] : [40, 90, 220], [250, 250, 240]]];
  const blobs = Array.from({ length: 5 }, () => [rng.uniform() * side, rng.uniform() * side, 4 + rng.uniform() * 10]);
  const pixels = Buffer.alloc(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    const inside = blobs.some(([x, y, r]) => Math.hypot((i % side) - x!, Math.floor(i / side) - y!) < r!);
    pixels.set(colours[inside ? 0 : 1]!, 3 * i);
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } }).blur(1.5);
}

it("finds planted copies and a wrong label, and writes a page of them", { timeout: 180_000 }, async () => {
  const root = temporaryFolder();
  const at = (name: string) => join(root, name);
  for (let i = 0; i < 40; i++) {
    const kind = i % 2;
    const folder = i === 6 ? "blue" : kind ? "blue" : "red";
    put(root, `data/${i % 5 ? "train" : "test"}/${folder}/${i}.png`, await (await picture(kind, i)).png().toBuffer());
  }
  // Copies: encoded anew, from training to test images; and the same file twice.
  const original = (await picture(1, 11)).jpeg({ quality: 80 });
  put(root, "data/test/blue/copy.jpg", await original.toBuffer());
  put(root, "data/train/red/same.png", await (await picture(0, 12)).png().toBuffer());
  const sizes = ["--image-size", "32", "--batch-size", "8", "--queue-size", "16", "--embedding-dim", "8"];
  for (const command of [
    ["train", at("data"), "--out", at("run"), ...sizes, "--backbone", "resnet20", "--workers", "1", "--steps", "1"],
    ["collect", at("run"), "--out", at("collection")],
  ]) {
    const { code, err } = await runCommand(command);
    expect(code, err).toBe(0);
  }
  const { code, out, err } = await runCommand(["review", at("collection"), "--json", "--html", at("page.html")]);
  expect(code, err).toBe(0);
  const { copies, labels, outliers, by } = JSON.parse(out);
  expect(by).toBe("frozen");
  const shown = await runCommand(["search", at("collection"), "--id", "1", "--top", "100", "--json"]);
  const names = new Map<number, string>(
    JSON.parse(shown.out).results.map((one: { id: number; name: string }) => [one.id, one.name]),
  );
  const nameOf = (id: number) => names.get(id) ?? "the first";
  const pairs = copies.map(({ ids }: { ids: number[] }) => ids.map(nameOf).sort());
  expect(pairs).toContainEqual(["test/blue/copy.jpg", "train/blue/11.png"]);
  expect(pairs).toContainEqual(["train/red/12.png", "train/red/same.png"]);
  expect(copies[0]).toMatchObject({ acrossSplits: true, sameBytes: false });
  expect(copies).toHaveLength(2);
  expect(labels.slice(0, 2).map(({ id }: { id: number }) => nameOf(id))).toContain("train/blue/6.png");
  expect(outliers).toHaveLength(20);
  expect((await runCommand(["review", at("collection"), "--by", "me"])).err).toContain(
    "--by: expected trained or frozen",
  );
  const page = await runCommand(["review", at("collection"), "--top", "3"]);
  expect(page.out).toMatch(/^copies: 2 pairs, 1 of them across splits\n/m);
  expect(page.out).not.toContain("kept");
  const keep = (kind: string, ids: readonly number[]) =>
    runCommand([
      "collection",
      "keep",
      at("collection"),
      "--kind",
      kind,
      "--ids",
      [...ids].sort((a, b) => a - b).join(),
    ]);
  const suspect = labels[0].id;
  const said = await keep("copies", copies[0].ids);
  expect(said.out).toMatch(/action 1: keep, 2 images\n$/);
  await keep("label", [suspect]);
  await keep("outlier", [outliers[0].id]);
  expect((await keep("twins", [1])).err).toContain('--kind: expected label, copies, outlier, found "twins"');
  const open = JSON.parse((await runCommand(["review", at("collection"), "--json", "--top", "100"])).out);
  expect(open.kept).toEqual({ groups: 0, copies: 1, labels: 1, outliers: 1 });
  expect(open.copies).toEqual(copies.slice(1));
  expect(open.labels.map(({ id }: { id: number }) => id)).not.toContain(suspect);
  expect(open.outliers[0]).toEqual(outliers[1]);
  const whole = JSON.parse((await runCommand(["review", at("collection"), "--all", "--json"])).out);
  expect(whole.copies).toEqual([{ ...copies[0], kept: true }, copies[1]]);
  expect(whole.labels[0]).toEqual({ ...labels[0], kept: true });
  const shownAll = await runCommand(["review", at("collection"), "--all", "--html", at("all.html")]);
  expect(shownAll.out).toMatch(/kept after a look: 0 groups, 1 pair of copies, 1 label, 1 outlier\n$/);
  expect(shownAll.out.match(/ {2}kept$/gm)).toHaveLength(3);
  expect(readFileSync(at("all.html"), "utf8")).toContain(", kept</small>");
  for (const ids of ["2-42", "1"]) await runCommand(["collection", "drop", at("collection"), "--ids", ids]);
  const none = await runCommand(["review", at("collection"), "--json"]);
  expect(none.code, none.err).toBe(0);
  expect(JSON.parse(none.out)).toMatchObject({ copies: [], labels: [], outliers: [], wrongLabels: 0, unusual: 0 });
});
