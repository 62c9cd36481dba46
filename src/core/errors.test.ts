import { expect, test } from "vitest";
import { MaskconError } from "./errors.ts";

test("a message is one line that no terminal obeys: every control character is escaped", () => {
  const { message } = new MaskconError("data", { where: "a\nb", expected: "c\u001b[2Jd", found: "e\u007f\u009b2Jf" });
  expect(message).toBe("a\\nb: expected c\\u001b[2Jd, found e\\u007f\\u009b2Jf");
});

test("wrong usage and configuration leave with 2, the rest with 1", () => {
  const failure = { expected: "a", found: "b" };
  expect(new MaskconError("usage", failure).exitCode).toBe(2);
  expect(new MaskconError("config", failure).exitCode).toBe(2);
  expect(new MaskconError("disk", failure).exitCode).toBe(1);
});
