import { fail, type Shape } from "../../core/index.ts";
import { withRanges } from "../../formats/index.ts";
import { type Numbers, type OnnxFileNode, readNumbers, readOnnx } from "../../formats/onnx/index.ts";
import { errorText, inOtherProcess } from "../other-process.ts";

/** A graph whose sizes are numbers: constants are computed, and what they made is gone. */
export interface FoldedGraph {
  readonly nodes: readonly OnnxFileNode[];
  readonly constants: ReadonlyMap<string, FoldedConstant>;
  readonly inputs: readonly string[];
  /** Of ONNX's own operators. */
  readonly opset: number;
}

export interface FoldedConstant {
  readonly type: string;
  readonly shape: Shape;
  readonly numbers: Numbers;
}

/** Bytes that ONNX Runtime may take to fold a graph without its weights. */
const MEMORY = 4 * 2 ** 30;
/** Numbers in all constants together. */
const MOST_NUMBERS = 2 ** 26;

/** Optimisations of level basic fold constants and remove what does nothing; the next level writes operators of ONNX Runtime's own. */
const PROGRAM = `
async function fold() {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  const { InferenceSession } = await import("onnxruntime-node");
  for (const { from, to } of JSON.parse(text)) {
    const options = { logSeverityLevel: 4, graphOptimizationLevel: "basic", intraOpNumThreads: 1 };
    if (to) options.optimizedModelFilePath = to;
    const session = await InferenceSession.create(from, options);
    process.stdout.write(JSON.stringify({ shape: session.outputMetadata[0].shape ?? [] }) + "\\n");
    await session.release();
  }
}
fold().then(
  () => process.exit(0),
  (error) => process.stdout.write(JSON.stringify({ error: String(error.message).slice(0, 2000) }) + "\\n", () => process.exit(0)),
);
`;

/**
 * Has ONNX Runtime, in another process, load models and write each as it optimises it.
 * @param work pairs of paths; without the second nothing is written
 * @returns the shape of each model's output as ONNX Runtime infers it; a dimension it does not know is a text
 * @throws MaskconError "weights" where ONNX Runtime does not take one
 */
export async function foldInProcess(
  file: string,
  work: readonly { readonly from: string; readonly to?: string }[],
): Promise<(readonly (number | string)[])[]> {
  const { how, said } = await inOtherProcess(PROGRAM, work, MEMORY);
  const refuse = (found: string): never =>
    fail("weights", { where: file, expected: "a model that ONNX Runtime computes", found });
  if (how !== undefined) refuse(how);
  const lines = said
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { shape?: []; error?: string });
  const error = lines.find((line) => line.error !== undefined)?.error;
  if (error !== undefined) refuse(errorText(error, MEMORY));
  return lines.map(({ shape }) => shape ?? []);
}

/** @throws MaskconError "weights" where the file that ONNX Runtime wrote holds more than a graph without its weights can */
export function readFolded(folded: string, file: string): Promise<FoldedGraph> {
  return withRanges(folded, async (ranges) => {
    const { graph, opsets } = await readOnnx(ranges);
    const constants = new Map<string, FoldedConstant>();
    let count = 0;
    for (const tensor of graph.tensors) {
      const { name, type, shape } = tensor;
      count += shape.reduce((product, n) => product * n, 1);
      if (count > MOST_NUMBERS) {
        fail("weights", { where: file, expected: `at most ${MOST_NUMBERS} constant numbers`, found: "more" });
      }
      constants.set(name, { type, shape, numbers: await readNumbers({ ...ranges, file }, tensor) });
    }
    return { nodes: graph.nodes, constants, inputs: graph.inputs.map(({ name }) => name), opset: opsets.get("") ?? 0 };
  });
}
