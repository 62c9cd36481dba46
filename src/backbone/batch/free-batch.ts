import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { MaskconError, random } from "../../core/index.ts";
import { withRanges } from "../../formats/index.ts";
import { type ModelChanges, ProtobufFile, readParts, untypedMessage, valueMessage } from "../../formats/onnx/index.ts";
import { withChangedCopy } from "../changed-copy.ts";
import { valueNodes } from "../cuts.ts";
import type { ForeignModel } from "../foreign-model.ts";
import { neededNodes } from "../join/needed-nodes.ts";
import { type ForeignSession, openSession } from "../session.ts";
import { freedPart } from "./freed-part.ts";
import { knownValues } from "./known-values.ts";
import { planFreeBatch } from "./plan.ts";
import { tensorNames } from "./rules.ts";
import { outputShapes } from "./value-shapes.ts";

/** Images that are computed one by one and together. */
const IMAGES = 3;
/** Largest difference of a feature, as a share of the largest. */
const TOLERANCE = { float32: 1e-5, float16: 1e-3 } as const;

const known = new Map<string, ModelChanges | undefined>();

/**
 * How a model of a fixed batch takes any number of images: its input says so, and shapes within that have the batch in them are
 * written anew. A copy with these changes must give the features of each image, for one image and for several.
 * @returns undefined where no such copy is found, or the batch is free already
 */
export async function freeBatch(model: ForeignModel): Promise<ModelChanges | undefined> {
  if (model.input.batch === undefined) return undefined;
  const { size, mtimeMs, ino } = await stat(model.file);
  const key = [resolve(model.file), size, mtimeMs, ino, model.output.name, model.imageSize].join("\0");
  if (!known.has(key)) known.set(key, await checkedChanges(model));
  return known.get(key);
}

async function checkedChanges(model: ForeignModel): Promise<ModelChanges | undefined> {
  try {
    const changes = await changesOf(model);
    return (await isRight(model, changes)) ? changes : undefined;
  } catch (error) {
    if (error instanceof MaskconError && error.code === "weights") return undefined;
    throw error;
  }
}

async function changesOf(model: ForeignModel): Promise<ModelChanges> {
  const { file, input, output, imageSize: s } = model;
  const batch = input.batch!;
  const { graph, opsets } = model.model;
  return withRanges(file, async (ranges) => {
    const protobuf = new ProtobufFile(ranges);
    const parts = await readParts(protobuf);
    const needed = neededNodes(file, parts.graph, [input.name], output.name);
    const nodes = valueNodes(graph, input.name, output.name);
    const made = new Set(needed.nodes.flatMap(({ makes }) => makes));
    const names = tensorNames(nodes).filter((name) => made.has(name));
    const images = input.layout === "NCHW" ? [batch, 3, s, s] : [batch, s, s, 3];
    const looked: ModelChanges = {
      part: {
        ...{ nodes: needed.nodes.map(({ field }) => field), names: needed.names },
        input: { name: input.name, value: valueMessage(input.name, images, input.type) },
        outputs: names.map(untypedMessage),
      },
    };
    const shapes = await withChangedCopy(
      model,
      () => looked,
      (copy) => outputShapes(copy, model.bytes),
    );
    const shapeOf = new Map(names.map((name, i) => [name, shapes[i]] as const));
    const edits = planFreeBatch({
      ...{ nodes, input: input.name, output: output.name, batch, opset: opsets.get("") ?? 0 },
      ...(await knownValues(ranges, {
        ...{ graph, nodes, shapeOf: shapeOf.set(input.name, images) },
        isSizeFixed: input.size !== undefined,
      })),
    });
    return freedPart(protobuf, model, parts.graph, needed, edits ?? new Map());
  });
}

async function isRight(model: ForeignModel, changes: ModelChanges): Promise<boolean> {
  const { batch: _, ...input } = model.input;
  const one = 3 * model.imageSize ** 2;
  const rng = random(0, model.imageSize);
  const images = Float32Array.from({ length: IMAGES * one }, () => 4 * rng.uniform() - 2);
  const expected = await featuresInBatches(model, images);
  if (!expected) return false;
  return withChangedCopy(
    model,
    () => changes,
    async (copy) =>
      using(await openSession({ ...model, input }, undefined, copy), async ({ run }) => {
        const together = rowsOf(await run(images), IMAGES);
        const alone = rowsOf(await run(images.subarray(0, one)), 1);
        return areClose(together, expected, input.type) && areClose(alone, expected.slice(0, 1), input.type);
      }),
  );
}

/** The features of each image as the model gives them in batches of its own; undefined where they depend on the others there. */
async function featuresInBatches(model: ForeignModel, images: Float32Array): Promise<Float32Array[] | undefined> {
  const { batch = 1, type } = model.input;
  const one = images.length / IMAGES;
  return using(await openSession(model), async ({ run }) => {
    const found: Float32Array[] = [];
    for (let first = 0; first < IMAGES; first++) {
      const order = Array.from({ length: batch }, (_, k) => (first + k) % IMAGES);
      const all = new Float32Array(batch * one);
      order.forEach((image, k) => {
        all.set(images.subarray(image * one, (image + 1) * one), k * one);
      });
      const rows = rowsOf(await run(all), batch);
      found[first] = rows[0]!;
      const known = order.filter((image) => found[image]);
      const again = rows.filter((_, k) => found[order[k]!]);
      if (
        !areClose(
          again,
          known.map((image) => found[image]!),
          type,
        )
      )
        return undefined;
    }
    return found;
  });
}

function rowsOf({ data }: { readonly data: Float32Array }, n: number): Float32Array[] {
  const dim = data.length / n;
  return Array.from({ length: n }, (_, i) => data.slice(i * dim, (i + 1) * dim));
}

function areClose(
  found: readonly Float32Array[],
  expected: readonly Float32Array[],
  type: keyof typeof TOLERANCE,
): boolean {
  const largest = expected.reduce((most, row) => row.reduce((a, b) => Math.max(a, Math.abs(b)), most), 0);
  const isClose = (a: Float32Array, b: Float32Array) =>
    a.length === b.length && a.every((value, k) => Math.abs(value - b[k]!) <= TOLERANCE[type] * largest);
  return found.length === expected.length && found.every((row, i) => isClose(row, expected[i]!));
}

async function using<T>(session: ForeignSession, work: (session: ForeignSession) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
