import { expect, test } from "vitest";
import { readProfile } from "./profile-events.ts";

const event = (cat: string, name: string, ts: number, dur: number, args: object = {}) => ({ cat, name, ts, dur, args });
const kernel = (name: string, ts: number) =>
  event("Node", `${name}_kernel_time`, ts, 5, {
    op_name: "Add",
    input_type_shape: [{ float: [2, 3] }, { int64: [1] }],
    output_type_shape: [{ float: [2, 3] }],
  });

const text = JSON.stringify([
  event("Session", "session_initialization", 0, 50),
  kernel("warm/Add.0", 110),
  event("Session", "model_run", 100, 1000),
  kernel("query/Add.1", 2010),
  event("Session", "model_run", 2000, 3000),
  kernel("query/Add.1", 6010),
  event("Session", "model_run", 6000, 1000),
]);

test("leaves out warm-up runs and counts the rest", () => {
  const profile = readProfile(text, 1);
  expect(profile.runs).toBe(2);
  expect(profile.millisecondsPerRun).toBe(2);
  expect(profile.calls.map(({ node }) => node)).toEqual(["query/Add.1", "query/Add.1"]);
  expect(profile.calls[0]!.inputs).toEqual([
    { dtype: "float", shape: [2, 3] },
    { dtype: "int64", shape: [1] },
  ]);
});

test("a profile with no run beyond the warm-up is empty", () => {
  expect(readProfile(text, 3)).toMatchObject({ runs: 0, calls: [] });
});
