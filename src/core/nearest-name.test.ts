import { expect, it } from "vitest";
import { didYouMean, nearest } from "./nearest-name.ts";

it("finds a misspelling's target and nothing for an unknown name", () => {
  const names = ["batchSize", "queueSize", "epochs", "seed"];
  expect(nearest("epoch", names)).toBe("epochs");
  expect(nearest("batchsze", names)).toBe("batchSize");
  expect(nearest("seeed", names)).toBe("seed");
  expect(nearest("zzzzzzzz", names)).toBeUndefined();
  expect(nearest("", names)).toBeUndefined();
  expect(nearest("x".repeat(1e6), names)).toBeUndefined();
  expect(didYouMean("epoch", names)).toBe('did you mean "epochs"?');
  expect(didYouMean("zzzzzzzz", names)).toBeUndefined();
});
