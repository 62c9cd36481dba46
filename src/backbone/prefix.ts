import { fail, type Shape } from "../core/index.ts";
import { readParts, untypedMessage } from "../formats/onnx/index.ts";
import { withChangedCopy } from "./changed-copy.ts";
import { type ForeignModelOptions, readForeignModel } from "./foreign-model.ts";
import { neededNodes } from "./join/needed-nodes.ts";
import { inPieces } from "./pieces.ts";
import { openTensor } from "./session.ts";

/** The part of a foreign model before a cut, frozen: images in, the tensor at the cut out. */
export interface Prefix {
  /** Of the tensor at the cut, for one image. */
  readonly shape: Shape;
  /** The tensor [n, ...shape] for images [n, 3, S, S], normalised, for any n from 1 on. */
  run(images: Float32Array): Promise<Float32Array>;
  close(): Promise<void>;
}

export interface PrefixOptions extends ForeignModelOptions {
  readonly file: string;
  /** Name of the tensor at the cut (`Cut.tensor`). */
  readonly cut: string;
  readonly threads?: number | undefined;
}

/**
 * Opens what of a foreign model lies before a cut; any operator that ONNX Runtime computes will do.
 * @throws MaskconError "weights" where ONNX Runtime does not compute it
 */
export async function openPrefix(o: PrefixOptions): Promise<Prefix> {
  const model = await readForeignModel(o.file, o);
  const { input, imageSize } = model;
  const session = await withChangedCopy(
    model,
    async (file) => {
      const { graph } = await readParts(file);
      const { nodes, names } = neededNodes(o.file, graph, [input.name], o.cut);
      return { part: { nodes: nodes.map(({ field }) => field), names, outputs: [untypedMessage(o.cut)] } };
    },
    (copy) => openTensor({ ...model, file: copy }, { name: o.cut, what: "a tensor" }, o.threads),
  );
  const imageFloats = 3 * imageSize ** 2;
  try {
    const { shape } = await session.run(new Float32Array((input.batch ?? 1) * imageFloats));
    const perImage = shape.slice(1);
    const run = async (images: Float32Array): Promise<Float32Array> => {
      const { data, shape } = await session.run(images);
      if (shape.slice(1).join() === perImage.join()) return data;
      const found = `[${shape.join(", ")}]`;
      return fail("weights", { where: o.file, expected: `[n, ${perImage.join(", ")}] at the cut`, found });
    };
    const floats = perImage.reduce((a, b) => a * b, 1);
    return {
      shape: perImage,
      run: (images) => inPieces(images, { imageFloats, floats, piece: input.batch }, run),
      close: () => session.close(),
    };
  } catch (error) {
    await session.close();
    throw error;
  }
}
