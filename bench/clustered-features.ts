const mix = (index: number, seed: number): number => {
  let x = (Math.imul(index, 2654435761) + seed) >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

function uniform(count: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = 2 * (mix(i, seed) / 2 ** 32) - 1;
  return values;
}

/**
 * Labelled rows around weak class centres, the same numbers as `clustered_features` of tools/reference/bench_recall.py:
 * the hash of test/golden/README.md with the seeds 1, 2 and 3.
 */
export function clusteredFeatures(rows: number, dim: number, classes: number) {
  const labels = Int32Array.from({ length: rows }, (_, i) => mix(i, 1) % classes);
  const features = uniform(rows * dim, 2);
  const centres = uniform(classes * dim, 3);
  for (let i = 0; i < rows; i++) {
    for (let d = 0; d < dim; d++) features[i * dim + d]! += 0.125 * centres[labels[i]! * dim + d]!;
  }
  return { features, labels };
}
