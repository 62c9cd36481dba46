import { expect, test } from "vitest";
import { floorSeconds, flopsOf, trafficOf } from "./floors.ts";
import type { KernelCall } from "./profile-events.ts";

const call = (op: string, inputs: number[][], output: number[]): KernelCall => {
  const float = (shape: number[]) => ({ dtype: "float", shape });
  return { node: "n", op, microseconds: 1, inputs: inputs.map(float), outputs: [float(output)] };
};

test("a convolution multiplies every weight at every position of its output", () => {
  expect(
    flopsOf(
      call(
        "Conv",
        [
          [2, 8, 4, 4],
          [16, 8, 3, 3],
        ],
        [2, 16, 4, 4],
      ),
    ),
  ).toBe(2 * 2 * 16 * 4 * 4 * 8 * 9);
  expect(
    flopsOf(
      call(
        "Conv",
        [
          [2, 8, 4, 4],
          [8, 1, 1, 1],
        ],
        [2, 8, 4, 4],
      ),
    ),
  ).toBe(2 * 2 * 8 * 16);
});

test("a product's inner size is found whichever operand is transposed, batched or not", () => {
  expect(
    flopsOf(
      call(
        "MatMul",
        [
          [5, 7],
          [7, 3],
        ],
        [5, 3],
      ),
    ),
  ).toBeCloseTo(2 * 5 * 7 * 3);
  expect(
    flopsOf(
      call(
        "FusedMatMul",
        [
          [4, 7, 5],
          [4, 7, 3],
        ],
        [4, 5, 3],
      ),
    ),
  ).toBeCloseTo(2 * 4 * 5 * 7 * 3);
});

test("views move nothing, and the slower of arithmetic and memory is the floor", () => {
  expect(trafficOf(call("Reshape", [[8, 8]], [64]))).toBe(0);
  const add = call("Add", [[1000], [1000]], [1000]);
  expect(trafficOf(add)).toBe(12_000);
  expect(floorSeconds(add, { flopsPerSecond: 1e12, bytesPerSecond: 1e9 })).toBeCloseTo(1.2e-5);
});
