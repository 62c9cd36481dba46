import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { programLine, source } from "../../test/source-program.ts";
import { temporaryFolder } from "../../test/temporary-folder.ts";
import { configOf, tinySet } from "../../test/tiny-run.ts";
import { loadRun } from "../run/index.ts";
import { train } from "../train/index.ts";
import { checkCollection } from "./check.ts";
import { collectImages } from "./collect.ts";
import { openCollection } from "./open.ts";

const IMAGES = 900;
const ROUNDS = Math.ceil(Number(process.env.MASKCON_KILLS ?? 3) / 4) + 2;

const script = `
  import { tinySet } from ${source("test/tiny-run.ts")};
  import { loadRun } from ${source("src/run/index.ts")};
  import { collectImages } from ${source("src/collection/collect.ts")};
  const [folder, out, left] = process.argv.slice(1);
  const run = await loadRun(folder);
  let seen = 0;
  // At some image, or in the middle of what is done after the last one; at the latest when all is done.
  const progress = (done) => {
    if (++seen >= Number(left)) setTimeout(() => process.kill(process.pid, "SIGKILL"), 30 * Math.random());
  };
  const sets = [{ dataset: tinySet("many", ${IMAGES}), split: undefined }];
  await collectImages({ run, sets, source: "many", out, partRows: 256, progress });
  process.kill(process.pid, "SIGKILL");`;

function killedAfter(run: string, out: string, batches: number): Promise<string | null> {
  const child = spawn(process.execPath, programLine(script, run, out, String(batches)), {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (_, signal) => resolve(signal));
  });
}

test("a collect that is killed goes on behind its last part, to the same rows", {
  timeout: 60_000 * ROUNDS,
}, async () => {
  const root = mkdtempSync(join(tmpdir(), "maskcon-collect-killed-"));
  try {
    const data = { name: "tiny", train: tinySet("tiny train", 44), test: undefined, skipped: [] };
    await train(configOf({ steps: 1, epochs: undefined, evalEvery: 0 }), data, { out: join(root, "run") });
    const out = join(root, "collection");
    let rows = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // Batches of 8: a part is 32 of them.
      expect(await killedAfter(join(root, "run"), out, 1 + Math.floor(60 * Math.random()))).toBe("SIGKILL");
      const now = await openCollection(out).catch(() => undefined);
      expect(now?.rows.length ?? 0).toBeGreaterThanOrEqual(rows);
      rows = now?.rows.length ?? 0;
      if (rows > IMAGES - 100) break;
    }
    const run = await loadRun(join(root, "run"));
    const sets = [{ dataset: tinySet("many", IMAGES), split: undefined }];
    const { added, unchanged } = await collectImages({ run, sets, source: "many", out });
    expect([added, unchanged]).toEqual([IMAGES - rows, rows]);
    await checkCollection(out);
    const killed = await openCollection(out);
    await collectImages({ run, sets, source: "many", out: join(root, "whole") });
    const whole = await openCollection(join(root, "whole"));
    expect([...killed.rows.ids]).toEqual([...whole.rows.ids]);
    expect(killed.rows.names).toEqual(whole.rows.names);
    for (const kind of ["trained", "frozen"] as const) {
      const [a, b] = [await killed.vectors(kind), await whole.vectors(kind)];
      expect(a.every((value, i) => Math.abs(value - b[i]!) < 1e-5)).toBe(true);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
});

test("a collect that was killed before its first file goes on", { timeout: 60_000 }, async () => {
  const root = temporaryFolder();
  const data = { name: "tiny", train: tinySet("tiny train", 44), test: undefined, skipped: [] };
  await train(configOf({ steps: 1, epochs: undefined, evalEvery: 0 }), data, { out: join(root, "run") });
  const out = join(root, "collection");
  mkdirSync(out);
  for (const name of [".collection.json.0123456789ab.tmp", "collection.lock.123"]) writeFileSync(join(out, name), "{");
  const sets = [{ dataset: tinySet("many", 20), split: undefined }];
  const result = await collectImages({ run: await loadRun(join(root, "run")), sets, source: "many", out });
  expect(result.added).toBe(20);
  expect(readdirSync(out).filter((name) => name.startsWith("."))).toEqual([]);
});
