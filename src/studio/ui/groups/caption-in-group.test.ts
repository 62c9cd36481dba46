import { expect, it } from "vitest";
import { captionInGroup } from "./caption-in-group.ts";

it("says how sure a place is, and whose; of an image in no group nobody is said to have put it there", () => {
  expect(captionInGroup(3, 874, "tabby")).toBe("87% tabby");
  expect(captionInGroup(3, -1, undefined)).toBe("by hand");
  expect(captionInGroup(0, 251, undefined)).toBe("25%");
  expect(captionInGroup(0, -1, "tabby")).toBe("tabby");
  expect(captionInGroup(0, -1, undefined)).toBe("");
});
