import { Worker } from "node:worker_threads";
import { expect, onTestFinished, test } from "vitest";
import { nextMessage } from "./worker.ts";

function thread(code: string): Worker {
  const worker = new Worker(code, { eval: true });
  onTestFinished(async () => void (await worker.terminate()));
  return worker;
}

test("messages of a thread come one by one, and leave no listener", async () => {
  const worker = thread(
    "const { parentPort } = require('worker_threads'); parentPort.on('message', (x) => parentPort.postMessage(2 * x))",
  );
  for (const x of [1, 2, 3]) {
    worker.postMessage(x);
    expect(await nextMessage(worker, "twice")).toBe(2 * x);
  }
  expect(["message", "error", "exit"].map((event) => worker.listenerCount(event))).toEqual([0, 0, 0]);
});

test("a thread that throws or ends is an error of the engine, in one line", async () => {
  const refused = (code: string) => nextMessage(thread(code), "groups of a class");
  await expect(refused("throw new Error('out of memory')")).rejects.toMatchObject({
    code: "engine",
    message: "expected groups of a class by a thread, found out of memory",
  });
  await expect(refused("process.exit(3)")).rejects.toThrow("found that it ended with code 3");
});

test("an abort is heard at once, and before it begins", async () => {
  const worker = thread("setInterval(() => {}, 1000)");
  const stop = new AbortController();
  const waiting = nextMessage(worker, "nothing", stop.signal);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await expect(nextMessage(worker, "nothing", stop.signal)).rejects.toThrow("enough");
});
