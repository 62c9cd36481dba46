import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

it("reads the run's own images by the run's column wherever they lie, others by the usual one", async () => {
  const folder = temporaryFolder();
  const rows = [];
  for (let i = 0; i < 12; i++) {
    for (const kind of ["large", "small"]) put(folder, `data/${kind}-${i}.png`, await png(16 * i, 16, 16));
    rows.push(`large-${i}.png,small-${i}.png,${i % 2}`);
  }
  const list = put(folder, "data/list.csv", `picture,file,coarse\n${rows.join("\n")}\n`);
  const run = join(folder, "run");
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1", "--image-column", "picture"];
  expect(await runCommand(["train", list, "--out", run, ...sizes, ...more])).toMatchObject({ code: 0 });
  cpSync(join(folder, "data"), join(folder, "moved"), { recursive: true });
  put(folder, "moved/plain.csv", "file\nsmall-0.png\n");
  const ids = async (images: string, ...flags: string[]) => {
    const { code } = await runCommand(["embed", run, images, "--out", join(folder, "f.npy"), ...flags]);
    return [code, readFileSync(join(folder, "f.ids.txt"), "utf8").split("\n")[0]];
  };
  for (const place of ["data", "moved"]) {
    expect(await ids(join(folder, place, "list.csv"))).toEqual([0, "large-0.png"]);
    expect(await ids(join(folder, place, "list.csv"), "--image-column", "file")).toEqual([0, "small-0.png"]);
  }
  expect(await ids(join(folder, "moved/plain.csv"))).toEqual([0, "small-0.png"]);
});

it("refuses the name of another format before it reads anything", async () => {
  const { code, err } = await runCommand(["embed", "no-run", "no-images", "--out", "f.csv"]);
  expect([code, err]).toEqual([
    2,
    expect.stringContaining("--out f.csv: expected a name that ends in .npy: features are written in no other format"),
  ]);
  expect(err).toContain("found .csv; name it f.npy");
});

it("allows as many unreadable images as the run did, and names those that it leaves out", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 8; i++) put(folder, `data/${i % 2}/${i}.png`, await png(16 * i, 16, 16));
  put(folder, "data/1/empty.png", "");
  const [data, run, out] = [join(folder, "data"), join(folder, "run"), join(folder, "f.npy")];
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1", "--test-fraction", "0", "--max-bad", "1"];
  expect(await runCommand(["train", data, "--out", run, ...sizes, ...more])).toMatchObject({ code: 0 });
  const embedded = await runCommand(["embed", run, data, "--out", out]);
  expect(embedded).toMatchObject({ code: 0 });
  expect(embedded.err).toContain("warning: 1/empty.png: left out, it is empty: 0 bytes\n");
  expect(embedded.err).toContain("[8, 64]");
  const strict = await runCommand(["embed", run, data, "--out", out, "--max-bad", "0"]);
  expect([strict.code, strict.err]).toEqual([1, expect.stringContaining("expected readable images, found 1 of 9")]);
  const evaluated = await runCommand(["eval", run, "--quick"]);
  expect([evaluated.code, evaluated.err]).toEqual([0, expect.stringContaining("warning: 1/empty.png: left out")]);
});
