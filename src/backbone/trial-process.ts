import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { fail } from "../core/index.ts";
import type { ForeignModel } from "./foreign-model.ts";
import { inOtherProcess } from "./other-process.ts";

/** Errors that ONNX Runtime throws are left to the session proper, which says them. */
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
trial().then(() => process.exit(0), () => process.exit(0));
`;

const survived = new Set<string>();

/**
 * Has another process load a foreign model and run it on one black batch, since some files end the process that runs them.
 * Each file is tried once in a process.
 * @throws MaskconError "weights" where that process ends or does not
 */
export async function tryInProcess(
  { file, input, imageSize: s }: Pick<ForeignModel, "file" | "input" | "imageSize">,
  output: string,
): Promise<void> {
  const { size, mtimeMs, ino } = await stat(file);
  const batch = input.batch ?? 1;
  const dims = input.layout === "NCHW" ? [batch, 3, s, s] : [batch, s, s, 3];
  const key = [resolve(file), size, mtimeMs, ino, output, dims].join("\0");
  if (survived.has(key)) return;
  const work = { file: resolve(file), input: input.name, type: input.type, output, dims };
  const { how } = await inOtherProcess(PROGRAM, work);
  if (how === undefined) survived.add(key);
  else fail("weights", { where: file, expected: "a model that ONNX Runtime computes", found: how });
}
