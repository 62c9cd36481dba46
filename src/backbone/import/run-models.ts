import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fail, type Shape } from "../../core/index.ts";
import { errorText, inOtherProcess } from "../other-process.ts";

/** A model to run once. */
export interface ModelRun {
  readonly path: string;
  /** Names of its inputs with places in the file of numbers; those that it does not have are left out. */
  readonly feeds: Readonly<Record<string, Place>>;
  readonly output: string;
}

/** Where a tensor's numbers lie in the file of numbers, and its shape. */
export type Place = readonly [offset: number, shape: Shape];

export interface RunResult {
  readonly shape: Shape;
  readonly data: Float32Array;
}

/** Bytes besides those of the numbers. */
const MEMORY = 6 * 2 ** 30;

const PROGRAM = `
const { openSync, readSync, writeFileSync } = require("node:fs");
async function runAll() {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  const { numbers, runs } = JSON.parse(text);
  const { InferenceSession, Tensor } = await import("onnxruntime-node");
  const file = openSync(numbers, "r");
  const read = ([offset, shape]) => {
    const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const bytes = new Uint8Array(data.buffer);
    for (let at = 0; at < bytes.length; ) {
      const count = readSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30), offset + at);
      if (count === 0) throw new Error("the numbers end");
      at += count;
    }
    return new Tensor("float32", data, shape);
  };
  for (const { path, feeds, output, to } of runs) {
    const session = await InferenceSession.create(path, { logSeverityLevel: 4 });
    const given = {};
    for (const name of session.inputNames) if (feeds[name]) given[name] = read(feeds[name]);
    const { data, dims } = (await session.run(given, [output]))[output];
    writeFileSync(to, data);
    process.stdout.write(JSON.stringify({ shape: dims }) + "\\n");
    await session.release();
  }
}
const say = (error) => JSON.stringify({ error: String(error.message).slice(0, 2000) }) + "\\n";
runAll().then(() => process.exit(0), (error) => process.stdout.write(say(error), () => process.exit(0)));
`;

/** Writes tensors into one file, one after the other. */
export async function writeNumbers(
  path: string,
  tensors: AsyncIterable<readonly [name: string, shape: Shape, numbers: Float32Array]>,
): Promise<{ places: ReadonlyMap<string, Place>; bytes: number }> {
  const handle = await open(path, "w");
  try {
    const places = new Map<string, Place>();
    let bytes = 0;
    for await (const [name, shape, numbers] of tensors) {
      places.set(name, [bytes, shape]);
      await handle.writeFile(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
      bytes += numbers.byteLength;
    }
    return { places, bytes };
  } finally {
    await handle.close();
  }
}

/**
 * Has ONNX Runtime, in another process, run models on the CPU.
 * @param file the foreign one, for messages
 * @throws MaskconError "weights" where it does not run one
 */
export async function runModels(
  file: string,
  folder: string,
  numbers: { readonly path: string; readonly bytes: number },
  runs: readonly ModelRun[],
): Promise<RunResult[]> {
  const work = runs.map((run, i) => ({ ...run, to: join(folder, `result-${i}`) }));
  const memory = MEMORY + 4 * numbers.bytes;
  const { how, said } = await inOtherProcess(PROGRAM, { numbers: numbers.path, runs: work }, memory);
  const lines = said
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { shape?: number[]; error?: string });
  const error = lines.find((line) => line.error !== undefined)?.error;
  if (how !== undefined || error !== undefined) {
    const found = how ?? errorText(error!, memory);
    fail("weights", { where: file, expected: "a model that ONNX Runtime computes", found });
  }
  const results: RunResult[] = [];
  for (const [i, { to }] of work.entries()) {
    const { buffer, byteOffset, byteLength } = await readFile(to);
    const data = new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
    results.push({ shape: lines[i]!.shape!, data });
  }
  return results;
}
