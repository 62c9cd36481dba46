import { random } from "../core/index.ts";

const ROUNDS = 30;
/** Half the length of the longer side of the plane: what UMAP starts from. */
const SPREAD = 10;

/** Each row of [n, dim] on the two directions of greatest variance (power iteration), some twenty across. */
export function principalPlane(rows: Float32Array, dim: number, seed: number): [x: number, y: number][] {
  const centred = centre(rows, dim);
  const rng = random(seed, 0x9c0);
  const start = () => Float64Array.from({ length: dim }, () => rng.normal());
  const first = mainDirection(centred, dim, start());
  const second = mainDirection(centred, dim, start(), first);
  const places = centred.map((row) => [dot(row, first), dot(row, second)] as const);
  const most = places.reduce((far, [x, y]) => Math.max(far, Math.abs(x), Math.abs(y)), 1e-12);
  // Equal images must not start at one point: no force would ever part them.
  return places.map(([x, y]) => [(x / most) * SPREAD + 1e-3 * rng.normal(), (y / most) * SPREAD + 1e-3 * rng.normal()]);
}

function centre(rows: Float32Array, dim: number): Float64Array[] {
  const n = rows.length / dim;
  const mean = new Float64Array(dim);
  for (let i = 0; i < rows.length; i++) mean[i % dim]! += rows[i]! / n;
  return Array.from({ length: n }, (_, i) => Float64Array.from(mean, (value, d) => rows[i * dim + d]! - value));
}

function mainDirection(rows: readonly Float64Array[], dim: number, start: Float64Array, besides?: Float64Array) {
  let current = unit(start, besides);
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(dim);
    for (const row of rows) {
      const along = dot(row, current);
      for (let d = 0; d < dim; d++) next[d]! += along * row[d]!;
    }
    if (next.every((value) => value === 0)) break;
    current = unit(next, besides);
  }
  return current;
}

/** Length 1, and at a right angle to `besides`. */
function unit(vector: Float64Array, besides: Float64Array | undefined): Float64Array {
  const along = besides ? dot(vector, besides) : 0;
  const rest = besides ? vector.map((value, d) => value - along * besides[d]!) : vector;
  const length = Math.sqrt(dot(rest, rest)) || 1;
  return rest.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < a.length; d++) sum += a[d]! * b[d]!;
  return sum;
}
