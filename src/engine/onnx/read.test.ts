import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MaskconError } from "../../core/index.ts";
import { Graph, squareConvolution } from "../graph/index.ts";
import { lowerToBytes } from "../lowering/index.ts";
import { ops } from "../ops/index.ts";
import type { OnnxAttribute, OnnxModel } from "./model.ts";
import { readModel } from "./read.ts";
import { writeModel } from "./write.ts";

const name = fc.string({ maxLength: 12 });
const key = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => text !== "__proto__");
const integers = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
const floats = fc.float({ noNaN: true });
const attribute: fc.Arbitrary<OnnxAttribute> = fc.oneof(
  fc.record({ int: integers }),
  fc.record({ float: floats }),
  fc.record({ string: name }),
  fc.record({ ints: fc.array(integers, { maxLength: 4 }) }),
  fc.record({ floats: fc.array(floats, { maxLength: 4 }) }),
);
const dtype = fc.constantFrom("float32" as const, "int32" as const, "int64" as const, "bool" as const);
const models: fc.Arbitrary<OnnxModel> = fc.record({
  nodes: fc.array(
    fc.record({
      op: name,
      domain: name,
      name,
      inputs: fc.array(name, { maxLength: 3 }),
      outputs: fc.array(name, { maxLength: 2 }),
      attributes: fc.dictionary(key, attribute, { maxKeys: 4, noNullPrototype: true }),
    }),
    { maxLength: 4 },
  ),
  initializers: fc.array(
    fc.record({ name, dtype, shape: fc.array(fc.nat(9), { maxLength: 3 }), bytes: fc.uint8Array({ maxLength: 16 }) }),
    { maxLength: 3 },
  ),
  inputs: fc.array(fc.record({ name, dtype, shape: fc.array(fc.oneof(fc.nat(99), key), { maxLength: 3 }) }), {
    maxLength: 2,
  }),
  outputs: fc.array(fc.record({ name, dtype, shape: fc.constant([]) }), { maxLength: 2 }),
  opsets: fc.dictionary(key, fc.nat(30), { maxKeys: 3, noNullPrototype: true }),
  metadata: fc.dictionary(key, name, { maxKeys: 3, noNullPrototype: true }),
  values: fc.array(fc.record({ name, dtype, shape: fc.array(fc.oneof(fc.nat(99), key), { maxLength: 3 }) }), {
    maxLength: 2,
  }),
  producerVersion: name,
  doc: fc.string(),
});

/** Prototypes aside: records that come from a file have none. */
const plain = (model: OnnxModel) => JSON.parse(JSON.stringify(model, (_, v) => (v instanceof Uint8Array ? [...v] : v)));

test("any model comes back as it was written", () => {
  fc.assert(
    fc.property(models, (model) => {
      expect(plain(readModel(writeModel(model)))).toEqual(plain(model));
    }),
  );
});

describe("hostile files", () => {
  const graph = new Graph(ops);
  const [x, w] = [graph.input("x", "float32", [1, 3, 8, 8]), graph.input("w", "float32", [4, 3, 3, 3])];
  const y = graph.op("conv2d", [x, w], squareConvolution({ stride: 2, pad: 1 }));
  graph.output("y", graph.op("mul", [graph.op("relu", [y]), graph.scalar(2)]));
  const bytes = lowerToBytes(graph, { block: 0 });

  /** Reads, or refuses with one clear error: nothing else. */
  function readsOrRefuses(file: Uint8Array): "read" | "refused" {
    try {
      readModel(file);
      return "read";
    } catch (error) {
      expect(error).toBeInstanceOf(MaskconError);
      expect((error as MaskconError).code).toBe("engine");
      return "refused";
    }
  }

  test("cut off anywhere", () => {
    const outcomes = Array.from({ length: bytes.length }, (_, end) => readsOrRefuses(bytes.subarray(0, end)));
    expect(outcomes.filter((outcome) => outcome === "refused").length).toBeGreaterThan(bytes.length / 2);
  });

  test("any bit flipped", () => {
    let refused = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const file = bytes.slice();
      file[bit >> 3]! ^= 1 << (bit & 7);
      if (readsOrRefuses(file) === "refused") refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });

  test("random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (file) => void readsOrRefuses(file)),
      { numRuns: 500 },
    );
  });

  test("a length far beyond the file is refused without being allocated", () => {
    // Field 7, length-delimited, four gigabytes long.
    expect(() => readModel(Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f))).toThrow(/at byte 0/);
  });
});
