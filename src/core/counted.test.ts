import { expect, test } from "vitest";
import { counted, nounFor } from "./counted.ts";

test("one is singular, all else plural", () => {
  expect([0, 1, 2].map((count) => counted(count, "image"))).toEqual(["0 images", "1 image", "2 images"]);
  expect([1, 2].map((count) => counted(count, "copy", "copies"))).toEqual(["1 copy", "2 copies"]);
  expect(nounFor(1000, "group")).toBe("groups");
});
