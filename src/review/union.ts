/** Sets of things that are joined by pairs, in the order of their first things. */
export function unionOf(n: number, pairs: Iterable<readonly [number, number]>): { setOf: Int32Array; sets: number } {
  const parents = Int32Array.from({ length: n }, (_, i) => i);
  const rootOf = (i: number): number => {
    let root = i;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = i; at !== root; ) {
      const next = parents[at]!;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const joined = new Uint8Array(n);
  for (const [a, b] of pairs) {
    const [first, second] = [rootOf(a), rootOf(b)];
    // The lowest thing of a set is its root.
    parents[Math.max(first, second)] = Math.min(first, second);
    joined[a] = joined[b] = 1;
  }
  const numbers = new Map<number, number>();
  const setOf = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    if (!joined[i]) continue;
    const root = rootOf(i);
    if (!numbers.has(root)) numbers.set(root, numbers.size);
    setOf[i] = numbers.get(root)!;
  }
  return { setOf, sets: numbers.size };
}
