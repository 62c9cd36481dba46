import { expect, test } from "vitest";
import { openData } from "./open.ts";

test("a name with a NUL is refused in words of its reader", async () => {
  await expect(openData("a\0b")).rejects.toThrow(
    "a\\u0000b: expected a folder or a CSV file that exists, found a name with the character NUL in it",
  );
});
