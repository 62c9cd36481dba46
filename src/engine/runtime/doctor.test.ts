import { expect, test } from "vitest";
import { doctor } from "./doctor.ts";

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
  const before = process.env.NODE_OPTIONS;
  process.env.NODE_OPTIONS = "--no-such-option";
  try {
    for (const { available, detail } of await doctor()) {
      expect(available).toBe(false);
      expect(detail).toMatch(/^the probe ended without an answer \(exit code \d+\)$/);
    }
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  }
});
