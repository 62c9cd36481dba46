import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { png, put } from "../../test/data-samples.ts";
import { runCommand } from "../../test/run-command.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";

const settings = [
  ...[
    "--backbone",
    "resnet20",
    "--image-size",
    "16",
    "--batch-size",
    "8",
    "--queue-size",
    "16",
    "--embedding-dim",
    "8",
  ],
  ...["--steps", "1", "--threads", "1", "--eval-every", "0"],
];

it("resumes where the images have no columns any more, and says what is wrong with others", async () => {
  const folder = join(temporaryFolder(), "pictures");
  const rows: string[] = [];
  for (const [split, count] of [
    ["train", 8],
    ["test", 4],
  ] as const) {
    for (let i = 0; i < count; i++) {
      const file = `${split}/${i % 2 ? "odd" : "even"}/${i}.png`;
      put(folder, file, await png(rows.length, 16, 16));
      rows.push(`pictures/${file},${i % 2 ? "odd" : "even"},${split}`);
    }
  }
  const list = put(folder, "../list.csv", `file,kind,split\n${rows.join("\n")}\n`);
  const out = join(folder, "../run");
  const config = () => JSON.parse(readFileSync(join(out, "config.json"), "utf8"));
  expect(await runCommand(["train", list, "--out", out, "--coarse-column", "kind", ...settings])).toMatchObject({
    code: 0,
  });
  expect(config().coarseColumn).toBe("kind");
  const resume = (data: string) => runCommand(["train", data, "--out", out, "--resume"]);
  const asked = await runCommand(["train", folder, "--out", out, "--resume", "--coarse-column", "kind"]);
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining("expected data with columns") });
  put(folder, "train/odd/1.png", "no picture");
  expect((await resume(folder)).err).toMatch(/found 1 of 12 unreadable: train\/odd\/1\.png/);
  put(folder, "train/odd/1.png", await png(1, 16, 16));
  expect(await resume(folder)).toMatchObject({ code: 0 });
  expect(config()).toMatchObject({ data: folder });
  expect(config()).not.toHaveProperty("coarseColumn");
  rmSync(join(folder, "train/odd/1.png"));
  expect((await resume(folder)).err).toContain("expected the 8 training images of this run, found 7 of them; ");
});
