import * as fc from "fast-check";
import { expect } from "vitest";
import { MaskconError } from "../src/core/index.ts";
import { type Mutation, mutate, mutations } from "./mutations.ts";

/** Where in a file something is wrong; nothing of a file that is too large is looked at. */
export const place =
  /\b(bytes?|line|character|entry|row|row group|image|record|columns?|annotation|metadata) ["\w*]|at most \d+ bytes/;

/** The message with which `work` is refused. */
export async function messageOfRefusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(MaskconError);
  return (error as MaskconError).message;
}

/** The refusal of damaged data, which must name `file` and a place in it; undefined where they were read. Other errors are thrown on. */
export async function refusalOf(work: () => unknown, file: string): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    expect(error.message).toContain(file);
    expect(error.message.replaceAll(file, "")).toMatch(place);
    expect(error.message).not.toMatch(/undefined|NaN/);
    return error.message;
  }
}

interface Damage {
  /** Damages bytes from the first of these offsets to the second; default all. */
  readonly part?: readonly [from: number, to: number];
  readonly runs?: number;
  /** How many of the runs must end in a refusal: a test of nothing shows itself. */
  readonly refused?: number;
  /** Bytes that the process may grow by. */
  readonly memory?: number;
}

/**
 * Reads `bytes` damaged in many ways: each must be read or refused with its file and place, in bounded memory.
 * @param read writes them to a file, and reads it
 */
export async function survivesDamage(
  bytes: Uint8Array,
  file: string,
  read: (damaged: Uint8Array) => unknown,
  { part: [from, to] = [0, bytes.length], runs = 200, refused = runs / 10, memory = 2 ** 28 }: Damage = {},
): Promise<void> {
  const before = process.memoryUsage().rss;
  let count = 0;
  await fc.assert(
    fc.asyncProperty(mutations, async (list) => {
      const damaged = mutate(bytes.subarray(from, to), list as Mutation[]);
      const whole = Buffer.concat([bytes.subarray(0, from), damaged, bytes.subarray(to)]);
      const message = await refusalOf(() => read(whole), file);
      if (message !== undefined) count++;
    }),
    { numRuns: runs },
  );
  expect(count).toBeGreaterThan(refused);
  expect(process.memoryUsage().rss - before).toBeLessThan(memory);
}
