import { expect, test } from "vitest";
import { float16Of, float32Of } from "./float16.ts";

const half = (value: number) => float16Of(Float32Array.of(value))[0]!;

test("every half comes back as itself", () => {
  const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
  const back = float16Of(float32Of(all));
  const numbers = [...all].filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(numbers.filter((bits) => back[bits] !== bits)).toEqual([]);
  expect(float32Of(Uint16Array.of(0x7e00, 0xfc00, 0x3555))).toEqual(
    Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, 0.333251953125),
  );
});

test.each([
  ["a tie goes to the even one below", 1 + 2 ** -11, 0x3c00],
  ["a tie goes to the even one above", 1 + 3 * 2 ** -11, 0x3c02],
  ["more than a tie goes up", 1 + 2 ** -11 + 2 ** -20, 0x3c01],
  ["a carry reaches the exponent", 2 - 2 ** -12, 0x4000],
  ["the largest", 65504, 0x7bff],
  ["what rounds beyond it", 65520, 0x7c00],
  ["what is beyond it", 1e9, 0x7c00],
  ["minus zero", -0, 0x8000],
  ["the smallest", 2 ** -24, 1],
  ["a tie below the smallest", 2 ** -25, 0],
  ["between the smallest two", 1.5 * 2 ** -24, 2],
  ["no number", Number.NaN, 0x7e00],
])("%s", (_, value, bits) => {
  expect(half(value).toString(16)).toBe(bits.toString(16));
});

test("a Float16Array is taken where there is one", () => {
  expect(float32Of([0.5, -2] as ArrayLike<number>)).toEqual(Float32Array.of(0.5, -2));
});
