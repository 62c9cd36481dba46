import { fail } from "../../core/index.ts";
import { withRanges } from "../../formats/index.ts";
import { externalFiles, readNumbers, readOnnx } from "../../formats/onnx/index.ts";
import type { ImportedPart } from "./import-part.ts";

/**
 * The numbers of an imported part's parameters, from the file that it was imported from.
 * @throws MaskconError "weights" where the file has none of that name and shape
 */
export function readParameters(
  file: string,
  { parameters }: Pick<ImportedPart, "parameters">,
): Promise<Record<string, Float32Array>> {
  return withRanges(file, async (ranges) => {
    const model = await readOnnx(ranges);
    await externalFiles(file, model);
    const tensors = new Map(model.graph.tensors.map((tensor) => [tensor.name, tensor]));
    const numbers: [string, Float32Array][] = [];
    for (const { name, shape } of parameters) {
      const tensor = tensors.get(name);
      if (tensor?.type !== "float32" || tensor.shape.join() !== shape.join()) {
        const expected = `the tensor ${JSON.stringify(name.slice(0, 100))}, float32 [${shape.join(", ")}]`;
        return fail("weights", {
          where: file,
          expected,
          found: tensor ? `${tensor.type} [${tensor.shape.join(", ")}]` : "none",
        });
      }
      numbers.push([name, Float32Array.from(await readNumbers(ranges, tensor))]);
    }
    return Object.fromEntries(numbers);
  });
}
