import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blockSize, createExecutor } from "../../src/engine/runtime/node.ts";
import { type Case, input, opCase } from "./case.ts";
import { runSuite, type Target } from "./suite.ts";

const block = await blockSize();
const target = (name: string, width: number): Target => ({
  name,
  block: width,
  open: (programs) => createExecutor({ device: "cpu", state: {}, programs }),
});
const targets = [target("cpu, portable", 0), ...(block > 0 ? [target(`cpu, blocks of ${block}`, block)] : [])];

const both = (most: number) => fc.tuple(fc.integer({ min: 1, max: most }), fc.integer({ min: 1, max: most }));
const pads = (most: number) => fc.tuple(fc.nat(most), fc.nat(most), fc.nat(most), fc.nat(most));

/** Groups, and input and output channels of each, for blocks of 16, of 8, and neither. */
const channels = fc.oneof(
  fc.constantFrom([1, 16, 16], [1, 3, 16], [1, 32, 16], [1, 16, 32], [1, 5, 4], [1, 8, 24]),
  fc.constantFrom([16, 1, 1], [32, 1, 1], [24, 1, 1], [5, 1, 1], [16, 1, 2], [3, 1, 4]),
  fc.constantFrom([2, 16, 16], [3, 16, 32], [4, 8, 8], [2, 3, 2]),
);

const convolution = fc
  .record({
    channels,
    n: fc.oneof(
      { weight: 12, arbitrary: fc.integer({ min: 1, max: 3 }) },
      { weight: 1, arbitrary: fc.constantFrom(16, 32) },
    ),
    size: both(10),
    kernel: both(4),
    strides: both(3),
    dilations: fc.oneof({ weight: 2, arbitrary: fc.constant([1, 1] as const) }, { weight: 1, arbitrary: both(3) }),
    pads: pads(3),
  })
  .filter(({ size, kernel, dilations, pads }) =>
    [0, 1].every((axis) => (kernel[axis]! - 1) * dilations[axis]! < size[axis]! + pads[axis]! + pads[axis + 2]!),
  )
  .map(({ channels: [groups, c, o], n, size, kernel, strides, pads, dilations }): Case => {
    const inputs = [input([n, groups! * c!, ...size]), input([groups! * o!, c!, ...kernel])];
    return opCase("conv2d", { inputs, attributes: { strides, pads, dilations, groups: groups! } });
  });

const pool = fc
  .record({
    c: fc.constantFrom(16, 5),
    n: fc.integer({ min: 1, max: 2 }),
    size: both(9),
    kernel: both(4),
    strides: both(4),
    pads: pads(3),
    countPadding: fc.boolean(),
    largest: fc.boolean(),
  })
  .filter(({ size, kernel, pads }) =>
    [0, 1].every((axis) => {
      const [before, after] = [pads[axis]!, pads[axis + 2]!];
      return Math.max(before, after) < kernel[axis]! && kernel[axis]! <= size[axis]! + before + after;
    }),
  )
  .map(({ c, n, size, kernel, strides, pads, countPadding, largest }): Case => {
    const shape = [n, c, ...size];
    const window = { kernel, strides, pads };
    return largest
      ? opCase("maxPool", { inputs: [input(shape, "distinct")], attributes: window, inBlocks: c % 16 === 0 })
      : opCase("averagePool", {
          inputs: [input(shape)],
          attributes: { ...window, countPadding },
          inBlocks: c % 16 === 0,
        });
  });

/** So many geometries share an executor, which takes longer to open than they take to run. */
const TOGETHER = 12;

describe.each(targets)("random geometries on $name", (host) => {
  test.each([
    ["convolutions", convolution, 3],
    ["pools", pool, 1],
  ] as const)("%s agree with the reference", async (_name, geometry, numRuns) => {
    const lists = fc.uniqueArray(geometry, { selector: ({ name }) => name, minLength: TOGETHER, maxLength: TOGETHER });
    const agree = fc.asyncProperty(lists, async (cases) => {
      expect((await runSuite(host, cases)).problems).toEqual([]);
    });
    await fc.assert(agree, { numRuns: numRuns * Number(process.env.GEOMETRIES ?? 1) });
  });
});
