import { beforeAll, describe, expect, test } from "vitest";
import { createExecutor } from "../../src/engine/runtime/node.ts";
import { hasCuda, inChild } from "./child.ts";
import type { DeviceFindings } from "./device-script.ts";
import { disagreements, runTrial } from "./step-trial.ts";

/** By default cuDNN and cuBLAS round the factors of float32 products to ten bits (TF32). */
const fullPrecision = { NVIDIA_TF32_OVERRIDE: "0" };

const present = await hasCuda();
if (!present)
  console.warn("SKIPPED: no CUDA on this machine; cuda is not tested (`maskcon doctor` says what is missing)");

describe.skipIf(!present)("cuda in Node", () => {
  let findings: DeviceFindings;
  beforeAll(async () => {
    findings = await inChild<DeviceFindings>("device-script.ts", ["cuda"], fullPrecision);
  }, 300_000);

  test("conformance", () => {
    expect(findings.suite.problems).toEqual([]);
    expect(findings.counted).toEqual([15, 15]);
  });

  test("a MaskCon step trains as on the CPU", async () => {
    const cpu = await runTrial({ open: createExecutor, blockSize: async () => 0 }, "cpu", 3);
    expect(disagreements(findings.trial, cpu)).toEqual([]);
  });
});
