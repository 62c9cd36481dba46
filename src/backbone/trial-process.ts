import { stat } from "node:fs/promises";
import { totalmem } from "node:os";
import { resolve } from "node:path";
import { fail } from "../core/index.ts";
import type { ForeignModel } from "./foreign-model.ts";
import { errorText, inOtherProcess } from "./other-process.ts";

/** Bytes besides: a ViT-H at 1,024 px needs half of them for the attention of its 4,096 tokens. */
const MEMORY = 8 * 2 ** 30;
/** ONNX Runtime reads weights, widens those of fewer bits, and packs them. */
const COPIES_OF_WEIGHTS = 4;
/** A few layers at a time, where a model takes many images at once. */
const COPIES_OF_IMAGES = 16;

const PROGRAM = `
async function trial() {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  const { file, input, type, output, dims } = JSON.parse(text);
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  const size = dims.reduce((a, b) => a * b, 1);
  const data = type === "float16" ? new Uint16Array(size) : new Float32Array(size);
  await session.run({ [input]: new Tensor(type, data, dims) }, [output]);
}
const say = (error) => JSON.stringify(String(error.message).slice(0, 2000));
trial().then(() => process.exit(0), (error) => process.stdout.write(say(error), () => process.exit(0)));
`;

const survived = new Set<string>();

/** What of a foreign model a session needs; `file` may be a changed copy of it. */
export type RunnableModel = Pick<ForeignModel, "file" | "input" | "imageSize" | "bytes" | "filesBeside">;

/**
 * Has another process load a foreign model and run it on one black batch, since some files end the process that runs them.
 * Each file is tried once in a process.
 * @throws MaskconError "weights" where that process ends or does not
 */
export async function tryInProcess(
  { file, input, imageSize: s, ...model }: RunnableModel,
  output: string,
): Promise<void> {
  const { size, mtimeMs, ino } = await stat(file);
  const batch = input.batch ?? 1;
  const dims = input.layout === "NCHW" ? [batch, 3, s, s] : [batch, s, s, 3];
  const key = [resolve(file), size, mtimeMs, ino, output, dims].join("\0");
  if (survived.has(key)) return;
  const work = { file: resolve(file), input: input.name, type: input.type, output, dims };
  const weights = [...model.filesBeside.values()].reduce((sum, bytes) => sum + bytes, model.bytes);
  const images = 4 * dims.reduce((product, n) => product * n, 1);
  // Files may be full of holes.
  const memory = MEMORY + Math.min(COPIES_OF_WEIGHTS * weights + COPIES_OF_IMAGES * images, totalmem());
  const { how, said } = await inOtherProcess(PROGRAM, work, memory);
  if (how === undefined && said === "") survived.add(key);
  else {
    const found = how ?? errorText(JSON.parse(said) as string, memory);
    fail("weights", { where: file, expected: "a model that ONNX Runtime computes", found });
  }
}
