import { beforeAll, describe, expect, test } from "vitest";
import { createExecutor } from "../../src/engine/runtime/node.ts";
import { inChild, webgpuEnvironment } from "./child.ts";
import type { DeviceFindings } from "./device-script.ts";
import { disagreements, runTrial } from "./step-trial.ts";

/** A software GPU compiles slowly: it gets representative cases unless all are asked for. */
const perOp = process.env.CONFORMANCE === "all" ? [] : ["1"];

const environment = await webgpuEnvironment();
if (!environment) {
  console.warn(
    "SKIPPED: no GPU that WebGPU can use, and no software driver (Debian: chromium); webgpu is not tested in Node",
  );
}

describe.skipIf(!environment)("webgpu in Node", () => {
  let findings: DeviceFindings;
  beforeAll(async () => {
    findings = await inChild<DeviceFindings>("device-script.ts", ["webgpu", ...perOp], environment);
  }, 300_000);

  test("conformance, with no operator handed to the CPU", () => {
    expect(findings.suite.problems).toEqual([]);
    expect(findings.suite.fallbacks).toEqual([]);
    expect(findings.suite.trials).toBeGreaterThan(40);
  });

  test("a MaskCon step trains as on the CPU, with no operator handed to it", async () => {
    const cpu = await runTrial({ open: createExecutor, blockSize: async () => 0 }, "cpu", 3);
    expect(disagreements(findings.trial, cpu)).toEqual([]);
    expect(findings.trial.fallbacks.step).toEqual([]);
  });

  test("state stays on the GPU, losses and features come to the CPU", () => {
    const { loss, y, features, ...state } = findings.locations;
    expect([loss, features]).toEqual([["cpu"], ["cpu"]]);
    // What `save` reads back.
    expect(y).toEqual(["cpu"]);
    expect(Object.keys(state)).toContain("next.query");
    expect(Object.values(state).every((places) => places.join() === "gpu-buffer")).toBe(true);
  });

  test("state is freed as it is replaced, and on close", () => {
    expect(new Set(findings.alive)).toEqual(new Set([1]));
    expect(findings.leftOver).toBe(0);
    expect(findings.counted).toEqual([15, 15]);
  });

  test("an operator without a kernel is reported", () => {
    expect(findings.reported).toEqual(["it has no kernel for some"]);
  });
});
