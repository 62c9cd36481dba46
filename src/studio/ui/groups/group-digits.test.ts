import { expect, test } from "vitest";
import { namesByDigit } from "./group-digits.ts";

test("named groups have digits by name at first", () => {
  expect(namesByDigit([], ["Shirt", "Coat", "Shirt", "Pullover"])).toEqual(["Coat", "Pullover", "Shirt"]);
});

test("a name keeps its digit: later ones come behind it, and one that is gone may come back", () => {
  const first = namesByDigit([], ["Shirt", "Coat"]);
  const more = namesByDigit(first, ["Blouse", "Shirt", "Coat"]);
  expect(more).toEqual(["Coat", "Shirt", "Blouse"]);
  expect(namesByDigit(more, ["Blouse", "Shirt"])).toEqual(more);
  expect(namesByDigit(more, ["Blouse", "Shirt", "Vest"])).toEqual([...more, "Vest"]);
});

test("a tenth name gets the digit of one that is gone, and else none", () => {
  const nine = [..."abcdefghi"];
  expect(namesByDigit(nine, [...nine, "z", "j"])).toEqual(nine);
  expect(namesByDigit(nine, [..."abdefghi", "z", "j"])).toEqual([..."abjdefghi"]);
});
