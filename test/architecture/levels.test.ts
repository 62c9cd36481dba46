import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { cycles, importsOf, reachedFrom, readImports, violations } from "./imports.ts";
import { doors, innerOrders, levels } from "./levels.ts";

describe("imports of src", () => {
  const imports = readImports();

  it("go to lower levels, through a folder's index, in the order inside a folder", () => {
    expect(imports.size).toBeGreaterThan(100);
    expect(violations(imports)).toEqual([]);
  });

  it("have no cycle", () => {
    expect(cycles(imports)).toEqual([]);
  });

  it("of the page's door need no Node", () => {
    const reached = [...reachedFrom("src/browser.ts", imports)];
    expect(reached.filter((name) => name.startsWith("node:") || ["sharp", "onnxruntime-node"].includes(name))).toEqual(
      [],
    );
  });

  it("of ONNX Runtime come with the call that turns its telemetry off, in the thread where that has an effect", () => {
    const users = [...imports].filter(([, targets]) => targets.includes("onnxruntime-node")).map(([file]) => file);
    expect(users.length).toBeGreaterThan(3);
    // A worker thread cannot: who starts it does.
    const callers = users.map((file) => file.replace("node-worker.ts", "node.ts"));
    expect(callers.filter((file) => !readFileSync(file, "utf8").includes("  silenceTelemetry();"))).toEqual([]);
  });

  it("need every place that the tables have", () => {
    const places = Object.entries(innerOrders).flatMap(([folder, order]) =>
      Object.keys(order).map((part) => `${folder}/${part}`),
    );
    const files = [...imports.keys()];
    const isThere = (place: string) => files.some((file) => file === place || file.startsWith(`${place}/`));
    expect([...places, ...Object.keys(levels)].filter((place) => !isThere(place))).toEqual([]);
  });

  it("use every door that the table opens", () => {
    const targets = new Set([...imports.values()].flat());
    expect(Object.keys(doors).filter((door) => !targets.has(door))).toEqual([]);
  });
});

describe("the checker", () => {
  const problems = (file: string, text: string) => violations(new Map([[file, importsOf(file, text)]]));

  it.each([
    ["a higher level", "src/nn/a.ts", 'import { step } from "../step/index.ts";'],
    ["a type of a higher level", "src/nn/a.ts", 'import type { Step } from "../step/index.ts";'],
    ["a higher level when it runs", "src/nn/a.ts", 'const x = await import("../step/index.ts");'],
    ["a neighbour on one level", "src/diagnose/a.ts", 'import { x } from "../eval/index.ts";'],
    ["the inside of a folder", "src/step/a.ts", 'import { norm } from "../nn/layers.ts";'],
    ["a door that is the page's alone", "src/cli/a.ts", 'import { x } from "../step/compile.ts";'],
    ["against the engine's order", "src/engine/graph/a.ts", 'import { ops } from "../ops/index.ts";'],
    ["ops from the runtime", "src/engine/runtime/a.ts", 'export * from "../ops/index.ts";'],
    ["an inner index", "src/engine/graph/a.ts", 'import { lower } from "../index.ts";'],
    ["against the order of data", "src/data/images/a.ts", 'import { walk } from "../collections/walk.ts";'],
    ["a named set from the loader", "src/data/loader/a.ts", 'import type { X } from "../named/index.ts";'],
    ["the opener from a named set", "src/data/named/sop/a.ts", 'import { openData } from "../../open.ts";'],
    ["one named set from another", "src/data/named/sop/a.ts", 'import { sum } from "../cars196/cars196-files.ts";'],
    ["the list of sets from a set", "src/data/named/sop/a.ts", 'import { setOf } from "../sets.ts";'],
    ["an inner folder without a place", "src/data/misc/a.ts", 'import { idOf } from "../dataset.ts";'],
    ["a folder without a level", "src/misc/a.ts", 'import { x } from "../core/index.ts";'],
    ["tests", "src/nn/a.ts", 'import { x } from "../../test/a.ts";'],
  ])("refuses %s", (_, file, text) => {
    expect(problems(file, text)).toHaveLength(1);
  });

  it("accepts lower levels, one's own folder and doors", () => {
    const text = 'import "./b.ts"; import "../nn/index.ts"; import "../core/atomic-file.ts"; import "node:fs";';
    expect(problems("src/step/a.ts", text)).toEqual([]);
  });

  it("finds a cycle and says where it is", () => {
    const circle = new Map([
      ["a.ts", ["b.ts"]],
      ["b.ts", ["c.ts"]],
      ["c.ts", ["b.ts"]],
    ]);
    expect(cycles(circle)).toEqual(["b.ts -> c.ts -> b.ts"]);
  });
});
