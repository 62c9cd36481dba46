import { afterEach, expect, it, vi } from "vitest";
import { interruptible } from "./signals.ts";

afterEach(() => vi.restoreAllMocks());

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s asks once, then leaves at once with %i", (name, code) => {
  const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
  const first = vi.fn();
  const interruption = interruptible(first);
  try {
    expect(interruption.exitCode).toBeUndefined();
    process.emit(name, name);
    expect(first).toHaveBeenCalledExactlyOnceWith(name);
    expect(interruption.signal.aborted).toBe(true);
    expect(interruption.exitCode).toBe(code);
    expect(exit).not.toHaveBeenCalled();
    process.emit(name, name);
    expect(exit).toHaveBeenCalledWith(code);
  } finally {
    interruption.stop();
  }
});
