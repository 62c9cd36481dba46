import { dirname, join } from "node:path";
import { fail } from "../../core/index.ts";
import { withRanges } from "../../formats/index.ts";
import { bytesOfPieces, type OnnxFile, type OnnxFileTensor } from "../../formats/onnx/index.ts";
import { type ForeignModel, readForeignModel } from "../foreign-model.ts";
import { featureDimOf, type Pooling, poolingFor } from "../pooling.ts";
import { openSession } from "../session.ts";
import { assemble } from "./assemble.ts";
import { readHead } from "./head.ts";
import { joinableParts } from "./joinable.ts";

export interface JoinOptions {
  /** Path of the foreign model. */
  readonly trunk: string;
  /** Name of its output that gives the features, where it is not the usual one. */
  readonly output?: string | undefined;
  /** Of tokens only; by default "cls+mean" where there is a class token, else "mean". */
  readonly pooling?: Pooling | undefined;
  /** S, side of the images in pixels. */
  readonly imageSize: number;
  /** The head as ONNX: one input [N, F], one output [N, P], both float32, of operators that every operator set has. */
  readonly head: Uint8Array;
  /** Names of the joined model's input and output. */
  readonly inputName: string;
  readonly outputName: string;
  /** What the joined model is, for people. */
  readonly doc: string;
  readonly producer: { readonly name: string; readonly version: string };
}

/** A foreign model with a head behind it. */
export interface JoinedModel {
  /** In bytes. */
  readonly size: number;
  /** Its bytes, a few at a time; the foreign file is read again, and must not change before. */
  pieces(): AsyncIterable<Uint8Array>;
  /** Files that must lie beside it under these names, which may have folders in them. */
  readonly external: readonly { readonly from: string; readonly name: string }[];
  /** P */
  readonly featureDim: number;
  /** Images that it takes at once; undefined where any number. */
  readonly batch: number | undefined;
}

/**
 * One ONNX model of a foreign model and a head: input [N, 3, S, S] of float32, RGB; output [N, P] of float32. What features do
 * not need is left out; all else is copied as it is, operator set, numbers and a fixed batch (see `freeBatch`) included.
 * @throws MaskconError "weights" where the foreign model cannot be joined, "usage" where an option does not fit it
 */
export async function joinModels(o: JoinOptions): Promise<JoinedModel> {
  const model = await readForeignModel(o.trunk, o);
  const head = await readHead(o.head);
  const shape = await outputShape(model);
  const pooling = poolingFor(model.output.kind, shape, o.pooling);
  const dim = featureDimOf(model.output.kind, shape, pooling);
  if (dim !== head.inputDim) {
    fail("weights", { where: o.trunk, expected: `${head.inputDim} features, which the head takes`, found: `${dim}` });
  }
  return withRanges(o.trunk, async (ranges) => {
    const { parts, needed } = await joinableParts(model, ranges);
    const { batch } = model.input;
    const { pieces, length } = await assemble({ ...o, model, parts, needed, ranges, head, shape, pooling });
    return {
      ...{ size: length, featureDim: head.outputDim, batch },
      external: externalOf(o.trunk, model.model, needed.names),
      pieces: () => bytesOfPieces(pieces, o.trunk, ranges.size),
    };
  });
}

/** [n, F], [n, T, D] or [n, C, H, W] */
async function outputShape(model: ForeignModel): Promise<readonly number[]> {
  const session = await openSession(model);
  try {
    const { input, imageSize } = model;
    return (await session.run(new Float32Array((input.batch ?? 1) * 3 * imageSize ** 2))).shape;
  } finally {
    await session.close();
  }
}

/** Files with numbers of what is kept. Those outside the model's folder were refused when it was read. */
function externalOf(trunk: string, { graph, external }: OnnxFile, kept: ReadonlySet<string>): JoinedModel["external"] {
  const placeOf = ({ name, data }: OnnxFileTensor) => JSON.stringify([name, data]);
  const dropped = new Set(graph.tensors.filter(({ name }) => !kept.has(name)).map(placeOf));
  const locations = new Set<string>();
  for (const tensor of external) {
    if ("external" in tensor.data && !dropped.has(placeOf(tensor))) locations.add(tensor.data.external.location);
  }
  return [...locations].map((name) => ({ from: join(dirname(trunk), ...name.split(/[\\/]/)), name }));
}
