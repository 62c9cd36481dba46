import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blockSize, createExecutor } from "../../src/engine/runtime/node.ts";
import { cases } from "./cases.ts";
import { openSuite, type Suite, type Target, trialsOf } from "./suite.ts";

const block = await blockSize();
if (block === 0)
  console.warn("SKIPPED: this machine's ONNX Runtime has no blocked layout; the cpu lowering is not tested");

const target = (name: string, width: number): Target => ({
  name,
  block: width,
  open: (programs) => createExecutor({ device: "cpu", state: {}, programs }),
});
const targets = [target("cpu, portable", 0), ...(block > 0 ? [target(`cpu, blocks of ${block}`, block)] : [])];

describe.each(targets)("$name", (host) => {
  const trials = cases.flatMap((item) => trialsOf(item, host.block));
  let suite: Suite;
  beforeAll(async () => {
    suite = await openSuite(host, trials);
  });
  afterAll(() => suite.close());
  test.each(trials)("$name", async (trial) => {
    expect(await suite.check(trial)).toEqual([]);
  });
});
