import { parentPort } from "node:worker_threads";
import { type Failure, MaskconError, messageOf } from "../core/index.ts";
import { groupClass } from "./class-groups.ts";
import type { ClassAnswer, ClassJob } from "./class-threads.ts";

/** A thread that groups one class after another. */
const port = parentPort!;

port.on("message", async (job: ClassJob) => port.postMessage(await answerTo(job)));

async function answerTo({ rows, dim, members, distinct, seed }: ClassJob): Promise<ClassAnswer> {
  try {
    return { found: await groupClass(rows, dim, members, distinct, seed) };
  } catch (error) {
    if (error instanceof MaskconError) return { error: { code: error.code, failure: error.failure } };
    const failure: Failure = { expected: "groups of a class", found: messageOf(error), fix: "report this" };
    return { error: { code: "engine", failure } };
  }
}
