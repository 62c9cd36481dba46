import { afterEach, describe, expect, it, vi } from "vitest";
import { interruptibly, outputLost } from "./signals.ts";

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

describe.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s", (name, code) => {
  it("asks once, then leaves at once", async () => {
    const kill = vi.spyOn(process, "kill").mockReturnValue(true);
    const first = vi.fn();
    await interruptibly(first, async (signal) => {
      process.emit(name, name);
      expect(first).toHaveBeenCalledExactlyOnceWith(name);
      expect(signal.aborted).toBe(true);
      expect(kill).not.toHaveBeenCalled();
      process.emit(name, name);
      expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, name);
    });
    expect(process.exitCode).toBe(code);
    expect(process.listeners(name)).toEqual([]);
  });

  it("ends work by its abort without an error", async () => {
    await interruptibly(vi.fn(), async (signal) => {
      process.emit(name, name);
      signal.throwIfAborted();
    });
    expect(process.exitCode).toBe(code);
  });
});

it.each([
  ["EPIPE", 141],
  ["EOF", 141],
  ["ENOSPC", 1],
])("ends work in order at %s of its output, once", async (code, exit) => {
  const error = Object.assign(new Error(code), { code });
  expect(outputLost(error)).toBe(false);
  const first = vi.fn();
  await interruptibly(first, async (signal) => {
    for (const _ of [1, 2]) expect(outputLost(error)).toBe(true);
    expect(signal.aborted).toBe(true);
    expect(first).toHaveBeenCalledExactlyOnceWith("the output cannot be written");
  });
  expect(process.exitCode).toBe(exit);
  expect(outputLost(error)).toBe(false);
});

it("leaves other failures and the exit code alone", async () => {
  const failing = interruptibly(vi.fn(), async () => {
    throw new Error("other");
  });
  await expect(failing).rejects.toThrow("other");
  expect(process.exitCode).toBeUndefined();
});
