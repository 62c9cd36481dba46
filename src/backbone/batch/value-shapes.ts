import { fail, type Shape } from "../../core/index.ts";
import { errorText, inOtherProcess } from "../other-process.ts";

/** Bytes that ONNX Runtime may take besides its copies of a model's weights. */
const MEMORY = 4 * 2 ** 30;
const COPIES_OF_WEIGHTS = 4;

/** Optimisations of level basic compute lists of sizes. Those that ONNX Runtime does not know are texts. */
const PROGRAM = `
async function look() {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  const { file } = JSON.parse(text);
  const { InferenceSession } = await import("onnxruntime-node");
  const options = { logSeverityLevel: 4, graphOptimizationLevel: "basic", intraOpNumThreads: 1 };
  const session = await InferenceSession.create(file, options);
  return session.outputMetadata.map(({ shape }) => (shape ?? []).map((size) => (typeof size === "number" ? size : "")));
}
const say = (said) => process.stdout.write(JSON.stringify(said), () => process.exit(0));
look().then((shapes) => say({ shapes }), (error) => say({ error: String(error.message).slice(0, 2000) }));
`;

/**
 * The shapes of a model's outputs, as ONNX Runtime infers them in another process; undefined where a size is not known.
 * @param bytes of its weights
 * @throws MaskconError "weights" where ONNX Runtime does not take the model
 */
export async function outputShapes(file: string, bytes: number): Promise<(Shape | undefined)[]> {
  const memory = MEMORY + COPIES_OF_WEIGHTS * bytes;
  const { how, said } = await inOtherProcess(PROGRAM, { file }, memory);
  const { shapes, error } = how === undefined ? (JSON.parse(said) as Said) : { error: undefined };
  if (!shapes) {
    const found = how ?? errorText(error ?? "", memory);
    return fail("weights", { where: file, expected: "a model that ONNX Runtime computes", found });
  }
  return shapes.map((shape) =>
    shape.every((size) => typeof size === "number" && size > 0) ? (shape as Shape) : undefined,
  );
}

interface Said {
  readonly shapes?: readonly (readonly (number | string)[])[];
  readonly error?: string;
}
