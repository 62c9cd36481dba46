import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { programLine, source } from "../../../test/source-program.ts";

/** A home of its own, and nothing in the environment that would silence the runtime in our place (CI does). */
const home = mkdtempSync(join(tmpdir(), "maskcon-telemetry-"));
const environment = { PATH: process.env.PATH, HOME: home, TMPDIR: join(home, "tmp") };
const run = (code: string) => execFileSync(process.execPath, programLine(code), { env: environment, encoding: "utf8" });

beforeAll(() => mkdirSync(environment.TMPDIR));
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** What the runtime's telemetry leaves: a device identifier and events in the cache, an (empty) log beside them. */
function traces(): string[] {
  const cached = join(home, ".cache", "Microsoft");
  const logs = readdirSync(environment.TMPDIR).filter((name) => name.startsWith("mat-debug"));
  return [...logs, ...(existsSync(cached) ? [cached] : [])];
}

test.each([
  [
    "a step's runtime",
    `const { blockSize } = await import(${source("src/engine/runtime/node.ts")}); print(await blockSize());`,
  ],
  [
    "a retrieval's",
    `const { createSimilarity } = await import(${source("src/eval/similarity.ts")});
     const one = Float32Array.of(2);
     print((await (await createSimilarity(1, 1)).product(one, one))[0]);`,
  ],
  [
    "a device's probe",
    `const { doctor } = await import(${source("src/engine/runtime/doctor.ts")}); print((await doctor()).length);`,
  ],
])("%s reports nothing", (_, code) => {
  expect(run(`const print = console.log; ${code}`)).toMatch(/\d/);
  expect(traces()).toEqual([]);
});

test("what the user has set stays", () => {
  const code = `import { silenceTelemetry } from ${source("src/engine/runtime/telemetry.ts")};
    process.env.ORT_DISABLE_TELEMETRY = "0"; silenceTelemetry(); console.log(process.env.ORT_DISABLE_TELEMETRY);`;
  expect(run(code).trim()).toBe("0");
});
