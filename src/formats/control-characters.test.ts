import { expect, test } from "vitest";
import { hasControls } from "./control-characters.ts";

test("every control character below a blank counts, but for white space and those allowed", () => {
  const found = Array.from({ length: 256 }, (_, code) => code).filter((code) => hasControls(String.fromCharCode(code)));
  expect(found).toEqual(Array.from({ length: 32 }, (_, code) => code).filter((code) => code < 9 || code > 13));
  expect(hasControls("a\u001b[0m", "\u001b")).toBe(false);
  expect(hasControls("a\u001b\u0000", "\u001b")).toBe(true);
});
