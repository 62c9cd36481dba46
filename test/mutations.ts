import * as fc from "fast-check";

export type Mutation =
  | { readonly kind: "cut"; readonly at: number }
  | { readonly kind: "flip"; readonly at: number; readonly bit: number }
  | { readonly kind: "fill"; readonly at: number; readonly length: number; readonly value: number };

/** Ways to damage bytes: cut short, single bits flipped, stretches overwritten. `at` is a share of the length. */
export const mutations = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      kind: fc.constant("flip" as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      bit: fc.integer({ min: 0, max: 7 }),
    }),
    fc.record({
      kind: fc.constant("fill" as const),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.integer({ min: 1, max: 12 }),
      value: fc.constantFrom(0, 0x7f, 0x80, 0xff),
    }),
  ),
  { minLength: 1, maxLength: 3 },
);

/** `bytes` with the damage done, from `from` on; themselves left as they are. */
export function mutate(bytes: Uint8Array, list: readonly Mutation[], from = 0): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (const mutation of list) {
    const at = Math.min(out.length, from + Math.floor(mutation.at * (out.length - from)));
    if (mutation.kind === "cut") out = out.slice(0, at);
    else if (at < out.length && mutation.kind === "flip") out[at]! ^= 1 << mutation.bit;
    else if (mutation.kind === "fill") out.fill(mutation.value, at, at + mutation.length);
  }
  return out;
}
