import { InferenceSession, Tensor } from "onnxruntime-node";
import { random } from "../../core/index.ts";
import { silenceTelemetry } from "../../engine/index.ts";
import { bytesOfPieces } from "../../formats/onnx/index.ts";
import type { Assembled } from "./assemble.ts";

/** A larger model is not tried: it would be in memory several times. */
const MAX_BYTES = 2 ** 29;
/** Largest difference of a feature, as a share of the largest. */
const TOLERANCE = 1e-4;

interface Trial {
  /** The joined model with the batch of the foreign one, and with a free one. */
  readonly fixed: Assembled;
  readonly free: Assembled;
  readonly batch: number;
  readonly imageSize: number;
  readonly inputName: string;
  readonly outputName: string;
  /** The foreign file, which both are copied from, and its bytes. */
  readonly trunk: string;
  readonly size: number;
}

/**
 * Whether a model that says a fixed batch computes every image by itself: then more images at once, and one alone, give the
 * features that each has in the batch it says. Many such models have the batch in shapes within, and fail.
 */
export async function anyBatchIsRight(o: Trial): Promise<boolean> {
  if (o.fixed.length > MAX_BYTES) return false;
  const { batch, imageSize: s } = o;
  const one = 3 * s * s;
  const rng = random(0, s);
  const images = Float32Array.from({ length: 3 * batch * one }, () => 4 * rng.uniform() - 2);
  const expected: number[] = [];
  for (let i = 0; i < 3; i++) {
    const some = images.subarray(i * batch * one, (i + 1) * batch * one);
    const features = await featuresOf(o, o.fixed, some, batch);
    if (!features) return false;
    expected.push(...features);
  }
  const together = await featuresOf(o, o.free, images, 3 * batch);
  const alone = await featuresOf(o, o.free, images.subarray(0, one), 1);
  return close(together, expected) && close(alone, expected.slice(0, expected.length / (3 * batch)));
}

/** Undefined where ONNX Runtime does not compute it. */
async function featuresOf(o: Trial, { pieces }: Assembled, images: Float32Array, n: number) {
  const chunks: Uint8Array[] = [];
  for await (const bytes of bytesOfPieces(pieces, o.trunk, o.size)) chunks.push(bytes);
  silenceTelemetry();
  const session = await InferenceSession.create(Buffer.concat(chunks), { logSeverityLevel: 4 }).catch(() => undefined);
  if (!session) return undefined;
  try {
    const feeds = { [o.inputName]: new Tensor("float32", images.slice(), [n, 3, o.imageSize, o.imageSize]) };
    return (await session.run(feeds))[o.outputName]?.data as Float32Array;
  } catch {
    return undefined;
  } finally {
    await session.release();
  }
}

function close(found: Float32Array | undefined, expected: readonly number[]): boolean {
  if (found?.length !== expected.length) return false;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return expected.every((value, i) => Math.abs(value - found[i]!) <= TOLERANCE * largest);
}
