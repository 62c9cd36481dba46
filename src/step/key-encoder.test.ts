import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { random, type Tensors } from "../core/index.ts";
import { compileKeyEncoder, compileStep } from "./index.ts";

const shared = { backbone: "resnet20", imageSize: 8, batchSize: 4, embeddingDim: 16, device: "cpu", seed: 3 } as const;

const imagesOf = (seed: number) => {
  const rng = random(seed);
  return Float32Array.from({ length: 4 * 3 * 8 * 8 }, () => rng.normal());
};
const [first, second] = [imagesOf(1), imagesOf(2)];
const coarseLabels = Int32Array.of(0, 1, 0, 1);

/** The keys a step puts into its queue, before and after training a little, and its state at both times. */
interface Reference {
  readonly keys: Float32Array;
  readonly state: Tensors;
}
let before: Reference;
let after: Reference;

beforeAll(async () => {
  const step = await compileStep({
    ...shared,
    coarseClasses: 2,
    queueSize: 4,
    method: { name: "maskcon" },
    temperature: 0.1,
    keyMomentum: 0.5,
    sgd: { momentum: 0.9, weightDecay: 5e-4 },
  });
  const reference = async (): Promise<Reference> => {
    await step.fillQueue({ key: first, coarseLabels });
    const state = await step.save();
    return { state, keys: state.queue!.data as Float32Array };
  };
  try {
    before = await reference();
    for (let i = 0; i < 3; i++) await step.run({ query: second, key: first, coarseLabels, learningRate: 0.1 });
    after = await reference();
  } finally {
    await step.close();
  }
});

describe("a key encoder", () => {
  const encoders: { close(): Promise<void> }[] = [];
  afterAll(async () => {
    for (const encoder of encoders) await encoder.close();
  });
  const open = async (embeddingDim: number | undefined = 16) => {
    const encoder = await compileKeyEncoder({ ...shared, embeddingDim });
    encoders.push(encoder);
    return encoder;
  };
  const expectClose = (found: Float32Array, expected: Float32Array) => {
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 4);
  };

  it("makes the keys that the step makes", async () => {
    const encoder = await open();
    expect(encoder.dim).toBe(16);
    await encoder.load(after.state, "key_encoder.");
    expectClose(await encoder.keys(first), after.keys);
    expect(after.keys.some((value, i) => Math.abs(value - before.keys[i]!) > 0.01)).toBe(true);
  });

  it("begins as the step does: the backbone alone is enough, the projector comes from the seed", async () => {
    const encoder = await open();
    const net = Object.entries(before.state).filter(([name]) => name.startsWith("query_encoder.net."));
    await encoder.load(Object.fromEntries(net), "query_encoder.");
    expectClose(await encoder.keys(first), before.keys);
  });

  it("without the projector gives the backbone's features as unit rows", async () => {
    const encoder = await compileKeyEncoder({ ...shared, embeddingDim: undefined });
    encoders.push(encoder);
    expect(encoder.dim).toBe(64);
    await encoder.load(after.state, "query_encoder.");
    const keys = await encoder.keys(first);
    for (let row = 0; row < 4; row++) {
      expect(Math.hypot(...keys.subarray(row * 64, row * 64 + 64))).toBeCloseTo(1, 5);
    }
  });

  it("names what is missing", async () => {
    const encoder = await open();
    await expect(encoder.load({}, "key_encoder.")).rejects.toThrow(
      /^key encoder: expected a tensor for every parameter of the backbone, found none for key_encoder\.net\.conv1\.weight/,
    );
  });
});
