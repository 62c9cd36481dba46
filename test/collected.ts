import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { png, put } from "./data-samples.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** A run of one step on sixteen small pictures, and these in a collection. */
export async function trainAndCollect() {
  const root = temporaryFolder();
  const at = (name: string) => join(root, name);
  const names = Array.from({ length: 16 }, (_, i) => `${i % 2 ? "b/z" : "a/y"}/${i}.png`);
  for (const [i, name] of names.entries()) put(root, `data/${name}`, await png(16 * i, 16 + i, 16));
  const sizes = ["--image-size", "16", "--batch-size", "4", "--queue-size", "8", "--embedding-dim", "4"];
  const more = ["--backbone", "resnet20", "--workers", "1", "--steps", "1"];
  for (const command of [
    ["train", at("data"), "--out", at("run"), ...sizes, ...more],
    ["collect", at("run"), "--out", at("collection")],
  ]) {
    const { code, err } = await runCommand(command);
    expect(code, err).toBe(0);
  }
  const pictures = names.map((name) => ({ name, bytes: readFileSync(at(`data/${name}`)) }));
  return { folder: at("collection"), pictures };
}
