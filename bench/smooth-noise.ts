import { random } from "../src/core/index.ts";

/** Colour noise at an eighth of the size, enlarged, plus fine noise: [n, size, size, 3] bytes over the whole range. */
export function smoothNoise(n: number, size: number, seed = 3): SharedArrayBuffer {
  const rng = random(seed);
  const grid = 9;
  const memory = new SharedArrayBuffer(n * size * size * 3);
  const out = new Uint8Array(memory);
  const scale = (grid - 1) / size;
  for (let image = 0; image < n; image++) {
    const coarse = Float32Array.from({ length: grid * grid * 3 }, () => rng.uniform() * 280 - 12);
    for (let y = 0; y < size; y++) {
      const [row, fy] = [Math.floor(y * scale), (y * scale) % 1];
      for (let x = 0; x < size; x++) {
        const [column, fx] = [Math.floor(x * scale), (x * scale) % 1];
        for (let c = 0; c < 3; c++) {
          const at = (dy: number, dx: number) => coarse[((row + dy) * grid + column + dx) * 3 + c]!;
          const top = at(0, 0) * (1 - fx) + at(0, 1) * fx;
          const bottom = at(1, 0) * (1 - fx) + at(1, 1) * fx;
          const value = top * (1 - fy) + bottom * fy + rng.uniform() * 24 - 12;
          out[((image * size + y) * size + x) * 3 + c] = Math.min(255, Math.max(0, value));
        }
      }
    }
  }
  return memory;
}
