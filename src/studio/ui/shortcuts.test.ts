import { expect, test } from "vitest";
import { isKeyOf } from "./shortcuts.ts";

const pressed = (key: string, code: string, shiftKey = false) => ({ key, code, shiftKey });
const page = { key: "1", place: { code: "Digit1", shift: false } };
const quick = { key: "Shift 1 … 9", place: { code: "Digit1", shift: true } };

test("a key is the one that the layout writes", () => {
  expect(isKeyOf({ key: "?" }, pressed("?", "Minus", true))).toBe(true);
  expect(isKeyOf({ key: "z" }, pressed("z", "KeyY"))).toBe(true);
  expect(isKeyOf({ key: "z" }, pressed("Z", "KeyY", true))).toBe(false);
  expect(isKeyOf({ key: "z" }, pressed("x", "KeyX"))).toBe(false);
});

test.each([
  ["British", "1", "!"],
  ["French", "&", "1"],
])("a digit with Shift and without is another key on a %s keyboard", (_, plain, shifted) => {
  expect([page, quick].map((own) => isKeyOf(own, pressed(plain, "Digit1")))).toEqual([true, false]);
  expect([page, quick].map((own) => isKeyOf(own, pressed(shifted, "Digit1", true)))).toEqual([false, true]);
  expect([page, quick].map((own) => isKeyOf(own, pressed("1", "Numpad1")))).toEqual([true, false]);
  expect([page, quick].map((own) => isKeyOf(own, pressed("é", "Digit2")))).toEqual([false, false]);
});
