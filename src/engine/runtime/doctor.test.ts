import { afterEach, expect, test, vi } from "vitest";
import { doctor } from "./doctor.ts";

afterEach(() => vi.unstubAllEnvs());

test("the CPU works; what does not says why and what to do", async () => {
  const reports = await doctor();
  expect(reports.map(({ device }) => device)).toEqual(["cpu", "webgpu", "cuda"]);
  expect(reports[0]).toMatchObject({ available: true });
  expect(reports[0]!.detail).toMatch(/^\d+ threads, .*, ONNX Runtime \d+\.\d+\.\d+/);
  for (const { available, detail, fix } of reports) {
    expect(detail).not.toMatch(/\n|^$/);
    expect(Boolean(fix)).toBe(!available);
  }
});

test("a probe that dies is a report, not a death", async () => {
  vi.stubEnv("NODE_OPTIONS", "--no-such-option");
  for (const { available, detail } of await doctor()) {
    expect(available).toBe(false);
    expect(detail).toMatch(/^the probe ended without an answer \(exit code \d+\)$/);
  }
});

/** Runs in each probe before it: the process dies once it has said what it found of its first device. */
const mortal = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const write = fs.writeSync;
fs.writeSync = (...given) => {
  write(...given);
  if (process.argv.length > 3) process.kill(process.pid, "SIGKILL");
};
syncBuiltinESMExports();`;

test("a device that kills its probe takes no other one with it", async () => {
  const alone = await doctor();
  vi.stubEnv("NODE_OPTIONS", `--import data:text/javascript,${encodeURIComponent(mortal)}`);
  const [cpu, webgpu, cuda] = await doctor();
  expect([cpu, webgpu]).toEqual(alone.slice(0, 2));
  expect(cuda).toMatchObject({
    available: false,
    detail: expect.stringMatching(/^the probe ended without an answer \((SIGKILL|exit code 1)\)$/),
  });
});
