import { parentPort } from "node:worker_threads";
import { type Failure, MaskconError, messageOf } from "../core/index.ts";
import { type ClassJob, groupClass } from "./class-groups.ts";
import { type ClassAnswer, STOP } from "./class-threads.ts";

/** A thread that groups one class after another. */
const port = parentPort!;
let stop = new AbortController();

port.on("message", async (message: ClassJob | typeof STOP) => {
  if (message === STOP) return stop.abort();
  stop = new AbortController();
  port.postMessage(await answerTo(message));
});

async function answerTo(job: ClassJob): Promise<ClassAnswer> {
  try {
    return { found: await groupClass(job, stop.signal) };
  } catch (error) {
    if (error instanceof MaskconError) return { error: { code: error.code, failure: error.failure } };
    const failure: Failure = { expected: "groups of a class", found: messageOf(error), fix: "report this" };
    return { error: { code: "engine", failure } };
  }
}
