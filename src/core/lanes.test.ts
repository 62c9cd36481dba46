import { expect, test } from "vitest";
import { inLanes, oneAtATime } from "./lanes.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

test("at most `count` items are worked on at once, in order", async () => {
  const begun: number[] = [];
  let [now, most] = [0, 0];
  await inLanes([5, 1, 4, 2, 3], { count: 2 }, async (ticks) => {
    begun.push(ticks);
    most = Math.max(most, ++now);
    for (let i = 0; i < ticks; i++) await tick();
    now--;
  });
  expect(begun).toEqual([5, 1, 4, 2, 3]);
  expect(most).toBe(2);
});

test("a failure aborts the others, lets none begin and is thrown once they have ended", async () => {
  const ended: string[] = [];
  const work = async (name: string, signal: AbortSignal) => {
    if (name === "fails") throw new Error("a full disk");
    while (!signal.aborted) await tick();
    ended.push(name);
    throw new Error("a second one");
  };
  await expect(inLanes(["waits", "fails", "never"], { count: 2 }, work)).rejects.toThrow("a full disk");
  expect(ended).toEqual(["waits"]);
});

test("an aborted signal reaches those at work and lets none begin", async () => {
  const stop = new AbortController();
  const begun: string[] = [];
  await inLanes(["a", "b", "c"], { count: 2, signal: stop.signal }, async (name, signal) => {
    begun.push(name);
    if (name === "b") stop.abort();
    while (!signal.aborted) await tick();
  });
  expect(begun).toEqual(["a", "b"]);
  await inLanes(["d"], { count: 1, signal: stop.signal }, async (name) => void begun.push(name));
  expect(begun).toEqual(["a", "b"]);
});

test("one at a time, also after one that fails", async () => {
  const log: string[] = [];
  let count = 0;
  const next = oneAtATime(async () => {
    const name = ++count;
    log.push(`begin ${name}`);
    await tick();
    log.push(`end ${name}`);
    if (name === 1) throw new Error("no room");
    return name;
  });
  const [first, second] = await Promise.allSettled([next(), next()]);
  expect(log).toEqual(["begin 1", "end 1", "begin 2", "end 2"]);
  expect([first.status, second]).toEqual(["rejected", { status: "fulfilled", value: 2 }]);
});
