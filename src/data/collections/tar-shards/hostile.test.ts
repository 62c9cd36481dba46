import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { put } from "../../../../test/data-samples.ts";
import { type Mutation, mutate, mutations } from "../../../../test/mutations.ts";
import { tarOf } from "../../../../test/tar-samples.ts";
import { temporaryFolder } from "../../../../test/temporary-folder.ts";
import { MaskconError } from "../../../core/index.ts";
import { withRanges } from "../../../formats/byte-ranges.ts";
import { parsePax, parseTarHeader } from "../../../formats/tar/tar-header.ts";
import { sampleLabels } from "./sample-labels.ts";
import { samplesOf } from "./samples.ts";

/** How many samples with labels a tar has, or its refusal. Anything else that is thrown fails the test. */
async function outcome(folder: string, bytes: Uint8Array): Promise<number | string> {
  const file = put(folder, "x.tar", bytes);
  try {
    return await withRanges(file, async (ranges) => {
      let count = 0;
      for await (const sample of samplesOf(ranges)) {
        await sampleLabels(ranges, sample, {});
        for (const { offset, size } of sample.parts.values()) expect(offset + size).toBeLessThanOrEqual(bytes.length);
        count++;
      }
      return count;
    });
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    expect(error.message).toMatch(/x\.tar, byte \d+/);
    return error.message;
  }
}

const long = "l".repeat(200);

describe("damaged tars", () => {
  it("are refused with name and byte, and nothing else is thrown", async () => {
    const whole = await tarOf([
      ["a.png", "image"],
      ["a.json", '{"coarse":"x","fine":"y"}'],
      [`${long}.png`, "image"],
      [`${long}.cls`, "1"],
    ]);
    const folder = temporaryFolder();
    expect(await outcome(folder, whole)).toBe(2);
    const before = process.memoryUsage().rss;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(mutations, async (list) => {
        if (typeof (await outcome(folder, mutate(whole, list as Mutation[]))) === "string") refused++;
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(30);
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 28);
  });

  it("may claim any size in a valid header", async () => {
    const folder = temporaryFolder();
    const whole = await tarOf([["a.png", "image"]]);
    const size = fc.oneof(
      fc.uint8Array({ minLength: 12, maxLength: 12 }),
      fc
        .constantFrom("77777777777\0", "\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", "\xff".repeat(12))
        .map((text) => Buffer.from(text, "latin1")),
    );
    await fc.assert(
      fc.asyncProperty(size, fc.constantFrom("0", "x", "L", "g", "5"), async (field, type) => {
        const tar = Buffer.from(whole);
        tar.set(field, 124);
        tar.write(type, 156, "latin1");
        tar.fill(" ", 148, 156, "latin1");
        const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
        tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
        await outcome(folder, tar);
      }),
      { numRuns: 200 },
    );
  });

  it("have headers and records that parse, or throw a plain error", async () => {
    await fc.assert(
      fc.property(fc.uint8Array({ minLength: 512, maxLength: 512 }), (block) => {
        expect(() => parseTarHeader(block)).toThrow(/no header of a tar member|a size beyond all files/);
      }),
    );
    expect(parseTarHeader(new Uint8Array(512))).toBeUndefined();
    expect([...parsePax(Buffer.from("12 path=abc\n11 size=42\n"))]).toEqual([
      ["path", "abc"],
      ["size", "42"],
    ]);
    await fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        try {
          parsePax(Buffer.from(text));
        } catch (error) {
          expect((error as Error).message).toBe("a damaged pax record");
        }
      }),
    );
  });
});
