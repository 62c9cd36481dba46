import type { Random } from "../../core/index.ts";
import { kernelMemory, kernels } from "./kernels.ts";
import { reserve, type Stage, swap } from "./raster.ts";

/** Corners as x, y: top left, top right, bottom right, bottom left. */
export type Corners = Float64Array;

const start = new Float64Array(8);
const end = new Float64Array(8);
const DISTORTION = 0.5;
const PROBABILITY = 0.5;

/** torchvision's `RandomPerspective(0.5, p=0.5)`, bilinear, fill 0. */
export function randomPerspective(stage: Stage, rng: Random): void {
  if (rng.uniform() >= PROBABILITY) return;
  const { width, height } = stage.front;
  const dx = Math.trunc(DISTORTION * (width >> 1)) + 1;
  const dy = Math.trunc(DISTORTION * (height >> 1)) + 1;
  setCorners(start, 0, 0, width - 1, 0, width - 1, height - 1, 0, height - 1);
  setCorners(
    end,
    rng.integer(dx),
    rng.integer(dy),
    width - dx + rng.integer(dx),
    rng.integer(dy),
    width - dx + rng.integer(dx),
    height - dy + rng.integer(dy),
    rng.integer(dx),
    height - dy + rng.integer(dy),
  );
  perspective(stage, start, end);
}

function setCorners(corners: Corners, ...values: number[]): void {
  corners.set(values);
}

/** Moves the corners `from` to `to`: torchvision's `perspective` on a PIL image, bilinear; uncovered pixels become black. */
export function perspective(stage: Stage, from: Corners, to: Corners): void {
  const { width, height, data } = stage.front;
  const bytes = width * height * 3;
  reserve(stage.back, width, height);
  const memory = kernelMemory(2 * bytes);
  memory.set(data.subarray(0, bytes));
  kernels().perspective(0, bytes, width, height, ...projectionBack(from, to));
  stage.back.data.set(memory.subarray(bytes, 2 * bytes));
  swap(stage);
}

const matrix = new Float64Array(72);
const solution = new Float64Array(8);
type Eight = [number, number, number, number, number, number, number, number];

/** The eight coefficients of the projection that takes `to` back to `from` (Gaussian elimination, partial pivoting). */
export function projectionBack(from: Corners, to: Corners): Eight {
  matrix.fill(0);
  for (let i = 0; i < 4; i++) {
    const x = to[2 * i]!;
    const y = to[2 * i + 1]!;
    for (let axis = 0; axis < 2; axis++) {
      const row = (2 * i + axis) * 9;
      const target = from[2 * i + axis]!;
      matrix[row + 3 * axis] = x;
      matrix[row + 3 * axis + 1] = y;
      matrix[row + 3 * axis + 2] = 1;
      matrix[row + 6] = -target * x;
      matrix[row + 7] = -target * y;
      matrix[row + 8] = target;
    }
  }
  for (let column = 0; column < 8; column++) eliminate(column);
  for (let row = 7; row >= 0; row--) {
    let value = matrix[row * 9 + 8]!;
    for (let k = row + 1; k < 8; k++) value -= matrix[row * 9 + k]! * solution[k]!;
    solution[row] = value / matrix[row * 9 + row]!;
  }
  return solution as unknown as Eight;
}

function eliminate(column: number): void {
  let pivot = column;
  for (let row = column + 1; row < 8; row++) {
    if (Math.abs(matrix[row * 9 + column]!) > Math.abs(matrix[pivot * 9 + column]!)) pivot = row;
  }
  for (let k = 0; k < 9; k++) {
    const value = matrix[column * 9 + k]!;
    matrix[column * 9 + k] = matrix[pivot * 9 + k]!;
    matrix[pivot * 9 + k] = value;
  }
  for (let row = column + 1; row < 8; row++) {
    const factor = matrix[row * 9 + column]! / matrix[column * 9 + column]!;
    for (let k = column; k < 9; k++) matrix[row * 9 + k]! -= factor * matrix[column * 9 + k]!;
  }
}
