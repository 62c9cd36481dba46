import { afterEach, expect, test, vi } from "vitest";
import { breathing } from "./breath.ts";

let time = 0;
afterEach(() => vi.restoreAllMocks());

function setClock(): void {
  time = 0;
  vi.spyOn(performance, "now").mockImplementation(() => time);
}

test("the rest of the program has a turn after every 15 ms of a computation, and none before", async () => {
  setClock();
  const breath = breathing();
  let turns = 0;
  for (let i = 1; i <= 100; i++) {
    const turn = setImmediate(() => turns++);
    time += 5;
    await breath();
    clearImmediate(turn);
    expect(turns).toBe(Math.floor(i / 3));
  }
});

test("a computation ends with the reason of its signal", async () => {
  setClock();
  const stop = new AbortController();
  const breath = breathing(stop.signal);
  await breath();
  // It comes while others have their turn.
  setImmediate(() => stop.abort(new Error("enough")));
  time = 15;
  await expect(breath()).rejects.toThrow("enough");
});
