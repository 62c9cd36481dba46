import { copyFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configOf, data, metricsOf, runsFolder } from "../../test/tiny-run.ts";
import { evaluateEncoder, loadRun, runPaths } from "../run/index.ts";
import { train } from "./index.ts";

const { root, remove } = runsFolder();
afterAll(remove);

describe("initial weights", () => {
  it("come from a safetensors file, into both encoders and the frozen baseline", async () => {
    const source = join(root, "source");
    await train(configOf({ steps: 2 }), data, { out: source });
    const init = runPaths(source).initial;
    const folder = join(root, "initialised");
    await train(configOf({ steps: 1, seed: 5, init }), data, { out: folder });
    expect(await (await loadRun(folder)).initial()).toEqual(await (await loadRun(source)).initial());
  });

  it("are known by their content: a run goes on without the file, and with it elsewhere, and under no other", async () => {
    const folder = join(root, "initialised");
    const source = runPaths(join(root, "source")).initial;
    const [moved, other] = [join(root, "moved.safetensors"), join(root, "other.safetensors")];
    copyFileSync(source, moved);
    copyFileSync(join(runPaths(folder).checkpoints, "last.safetensors"), other);
    const again = (init: string) => train(configOf({ steps: 1, seed: 5, init }), data, { out: folder, resume: true });
    await again(moved);
    rmSync(moved);
    expect(await again(moved)).toMatchObject({ reason: "finished" });
    await expect(again(other)).rejects.toThrow(/--init: expected ".*moved\.safetensors", as .* says, found ".*other/);
  });

  it("are the average's too, which is the query encoder until its window begins", async () => {
    const init = runPaths(join(root, "source")).initial;
    const recalls = [];
    for (const encoder of ["query", "average"] as const) {
      const folder = join(root, `averaged-${encoder}`);
      const options = { steps: 10, seed: 5, init, averageEpochs: 0.2, encoder, evalEvery: 1 };
      await train(configOf(options), data, { out: folder });
      recalls.push(metricsOf(folder).flatMap((e) => (e.event === "eval" && e.step < 10 ? [e.recall] : [])));
    }
    expect(recalls[0]!.length).toBeGreaterThan(1);
    expect(recalls[1]).toEqual(recalls[0]);
  });

  it("is evaluated again once another encoder is asked for", async () => {
    const folder = join(root, "averaged-query");
    await train(
      configOf({
        steps: 10,
        seed: 5,
        init: runPaths(join(root, "source")).initial,
        averageEpochs: 0.2,
        evalEvery: 1,
        encoder: "key",
      }),
      data,
      { out: folder, resume: true },
    );
    const last = metricsOf(folder).findLast((e) => e.event === "eval");
    const { weights } = await (await loadRun(folder)).trained("key");
    expect(last).toMatchObject({ step: 10, recall: await evaluateEncoder(configOf({}), weights, data.test!) });
  });

  it("of another backbone are refused by name", async () => {
    const init = runPaths(join(root, "source")).initial;
    const other = train(configOf({ backbone: "resnet32", init }), data, { out: join(root, "other") });
    await expect(other).rejects.toThrow(
      /initial\.safetensors: expected the \d+ weights of the backbone, all under "query_encoder\.net\.", found missing/,
    );
    expect(existsSync(join(root, "other"))).toBe(false);
  });
});
