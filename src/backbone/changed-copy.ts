import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { duplicateFile, makeFolder, writeFileAtomically } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import { withRanges } from "../formats/index.ts";
import { bytesOfPieces, changedModel, type ModelChanges, type OnnxFile, ProtobufFile } from "../formats/onnx/index.ts";
import type { ForeignModel } from "./foreign-model.ts";

/** Of a file that protobuf reads. */
const MAX_BYTES = 2 ** 31 - 1;

const SLASHES = /[\\/]/;

/** Files with numbers of a model, by their names in it. Those outside its folder were refused when it was read. */
const locationsOf = ({ external }: OnnxFile): ReadonlySet<string> =>
  new Set(external.flatMap(({ data }) => ("external" in data ? [data.external.location] : [])));

/** A model in a folder of its own, which is gone once the work is done. */
export async function withChangedCopy<T>(
  { file, model }: Pick<ForeignModel, "file" | "model">,
  changesOf: (file: ProtobufFile) => ModelChanges | Promise<ModelChanges>,
  work: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = join(tmpdir(), `maskcon-model-${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    const copy = join(folder, "model.onnx");
    await withRanges(file, async (ranges) => {
      const protobuf = new ProtobufFile(ranges);
      const { length, pieces } = await changedModel(protobuf, await changesOf(protobuf));
      if (length > MAX_BYTES) {
        const expected = `a model that fits into a file of ${MAX_BYTES} bytes once its weights are trained`;
        fail("weights", { where: file, expected, found: `${length} bytes`, fix: "use --trainable head" });
      }
      await writeFileAtomically(copy, bytesOfPieces(pieces, file, ranges.size));
    });
    // ONNX Runtime reads numbers in other files from beside the model alone.
    for (const location of locationsOf(model)) {
      const as = join(folder, ...location.split(SLASHES));
      await makeFolder(dirname(as));
      await duplicateFile(join(dirname(file), ...location.split(SLASHES)), as);
    }
    return await work(copy);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
