import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../../../test/conformance/reference.ts";
import { measureTargets, type Relations } from "../../../diagnose/index.ts";
import { Graph, ops } from "../../../engine/index.ts";
import { softLabels } from "../../../methods/index.ts";
import { measureOf, softTargets } from "./soft-targets.ts";

const dim = 3;
const unit = (row: readonly number[]) => row.map((x) => x / Math.hypot(...row));
const vector = fc
  .array(fc.integer({ min: -9, max: 9 }), { minLength: dim, maxLength: dim })
  .filter((row) => row.some((x) => x !== 0))
  .map(unit);
const entry = fc.record({ vector, coarse: fc.nat(1), fine: fc.nat(2) });
const setting = fc.record({
  softWeight: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  softTemperature: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0.01, max: 5, noNaN: true })),
});
const image = fc.record({ key: vector, fine: fc.nat(2), queue: fc.array(entry, { minLength: 1, maxLength: 12 }) });

/** The image is of the coarse class 0. */
const inClass = (queue: readonly { coarse: number }[]) => [...queue.keys()].filter((j) => queue[j]!.coarse === 0);
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

describe("softTargets", () => {
  it("are those of softLabels in src/methods", () => {
    fc.assert(
      fc.property(image, setting, ({ key, queue }, label) => {
        const K = queue.length;
        const values = {
          ...{ k: [[1, dim], key], q: [[1, dim], key], labels: [[1], [0]] },
          queue: [[K, dim], queue.flatMap((one) => one.vector)],
          queueLabels: [[K], queue.map(({ coarse }) => coarse)],
        } as unknown as Record<"k" | "q" | "labels" | "queue" | "queueLabels", [number[], number[]]>;
        const graph = new Graph(ops);
        const input = (name: keyof typeof values) => graph.input(name, "float32", values[name][0]);
        const inputs = {
          ...{ q: input("q"), k: input("k"), queue: input("queue"), labels: input("labels") },
          ...{ queueLabels: input("queueLabels"), temperature: 0.1 },
        };
        const feeds = Object.fromEntries(
          Object.entries(values).map(([name, [shape, data]]) => [name, { shape, data: Float64Array.from(data) }]),
        );
        const [t] = evaluate(graph, feeds, [softLabels(inputs, label)]);
        const places = inClass(queue);
        const found = softTargets(
          places.map((j) => dot(key, queue[j]!.vector)),
          label,
        );
        const expected = [...t!.data];
        expect(found.own).toBeCloseTo(expected[0]!, 6);
        const whole = Array.from({ length: queue.length }, (_, j) => found.entries[places.indexOf(j)] ?? 0);
        for (const [j, weight] of whole.entries()) expect(weight).toBeCloseTo(expected[j + 1]!, 6);
      }),
    );
  });

  it("measure as diagnose does", () => {
    fc.assert(
      fc.property(image, setting, ({ key, fine, queue }, label) => {
        const relations: Relations = {
          ...{ keys: Float32Array.from(key), queue: Float32Array.from(queue.flatMap((one) => one.vector)), dim },
          labels: { coarse: Int32Array.of(0), fine: Int32Array.of(fine) },
          queueLabels: {
            coarse: Int32Array.from(queue, ({ coarse }) => coarse),
            fine: Int32Array.from(queue, (one) => one.fine),
          },
        };
        const expected = measureTargets(relations, [label]).measures[0]!;
        const places = inClass(queue);
        const same = Int8Array.from(places, (j) => Number(queue[j]!.fine === fine));
        const outside = queue.filter((one) => one.coarse !== 0 && one.fine === fine).length;
        const targets = softTargets(
          places.map((j) => dot(key, queue[j]!.vector)),
          label,
        );
        const found = measureOf(targets, same, outside);
        expect(targets.own).toBeCloseTo(expected.ownWeight, 5);
        expect(found.sameFine).toBeCloseTo(expected.sameFineWeight, 5);
        expect(found.otherFine).toBeCloseTo(expected.otherWeight, 5);
        expect(found.effectiveEntries / expected.effectiveEntries).toBeCloseTo(1, 4);
        expect(found.totalVariation).toBeCloseTo(expected.totalVariation, 5);
      }),
    );
  });

  it("are the own key alone where the queue has nothing of the class", () => {
    const targets = softTargets([], { softWeight: 1, softTemperature: 0.1 });
    expect(targets).toEqual({ own: 1, entries: new Float64Array(), total: 0 });
    expect(measureOf(targets, new Int8Array(), 0)).toMatchObject({ effectiveEntries: 1, totalVariation: 0 });
  });

  it("have no distance to fine targets that are not known", () => {
    const targets = softTargets([0.9, 0.5], { softWeight: 1, softTemperature: 0.1 });
    const { totalVariation, unknown } = measureOf(targets, Int8Array.of(-1, 0), 0);
    expect(totalVariation).toBeUndefined();
    expect(unknown).toBe(targets.entries[0]);
  });
});
