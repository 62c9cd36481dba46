import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planes, put } from "../../../test/data-samples.ts";
import { temporaryFolder } from "../../../test/temporary-folder.ts";
import { MaskconError } from "../../core/index.ts";
import { openData } from "../open.ts";

/** Opens the folder; anything but success or an error that names the file (or its folder) fails the test. */
async function survives(folder: string): Promise<void> {
  try {
    await openData(folder, { partial: true });
  } catch (error) {
    expect(error).toBeInstanceOf(MaskconError);
    expect((error as Error).message).toContain(folder);
  }
}

const damage = fc.record({
  places: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), fc.nat(255)), {
    maxLength: 4,
  }),
  keep: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
});

function damaged(bytes: Buffer, { places, keep }: { places: [number, number][]; keep: number }): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of places) copy[Math.floor(at * copy.length)] = value;
  return copy.subarray(0, Math.floor(keep * copy.length));
}

const idx = (magic: number, sizes: number[], content: Uint8Array) => {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  for (const [i, value] of [magic, ...sizes].entries()) header.writeUInt32BE(value, 4 * i);
  return Buffer.concat([header, content]);
};

describe("damaged files end in the project's own error", () => {
  it("CIFAR's binary files and their class names", async () => {
    const folder = temporaryFolder();
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"].join("\n");
    const records = Buffer.concat([Buffer.from([9]), planes(1), Buffer.from([2]), planes(1)]);
    put(folder, "data_batch_1.bin", records);
    put(folder, "test_batch.bin", records);
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (how, inNames) => {
        put(folder, "batches.meta.txt", inNames ? damaged(Buffer.from(names), how) : names);
        put(folder, "data_batch_1.bin", inNames ? records : damaged(records, how));
        await survives(folder);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ["plain", "", (bytes: Buffer) => bytes],
    ["compressed", ".gz", (bytes: Buffer) => gzipSync(bytes)],
  ])("idx files, %s", async (_, ending, pack) => {
    const folder = temporaryFolder();
    const images = pack(idx(0x803, [2, 28, 28], new Uint8Array(2 * 784)));
    const labels = pack(idx(0x801, [2], Uint8Array.of(1, 9)));
    for (const prefix of ["train", "t10k"]) {
      put(folder, `${prefix}-images-idx3-ubyte${ending}`, images);
      put(folder, `${prefix}-labels-idx1-ubyte${ending}`, labels);
    }
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (how, inLabels) => {
        put(folder, `t10k-images-idx3-ubyte${ending}`, inLabels ? images : damaged(images, how));
        put(folder, `t10k-labels-idx1-ubyte${ending}`, inLabels ? damaged(labels, how) : labels);
        await survives(folder);
      }),
      { numRuns: 100 },
    );
  });
});
