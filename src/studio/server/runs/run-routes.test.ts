import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sampleRows, writeSample } from "../../../../test/collection-samples.ts";
import { writePageFiles } from "../../../../test/page-files.ts";
import { formatRecord, resolveConfig, version } from "../../../config/index.ts";
import type { Listening } from "../../../http/index.ts";
import type { CurvesQuestion, RunList, RunNews } from "../../protocol.ts";
import { startStudio } from "../start-studio.ts";

const record = (flags: Record<string, unknown>) =>
  formatRecord({
    ...{ version, config: resolveConfig({ flags }) },
    dataset: {
      ...{ name: "cars", trainImages: 90, testImages: 10, coarseClasses: ["a", "b"], labels: "0".repeat(64) },
      normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    },
  });
const start = { event: "start", step: 0, epoch: 0, steps: 40, stepsPerEpoch: 10, batchSize: 9 };
const step = (n: number, loss: number | null = 1 / n) => ({
  ...{ event: "step", step: n, epoch: 0, loss, learningRate: 0.1, imagesPerSecond: 9, dataWait: 0 },
});
const evaluation = (n: number, fine: number) => ({
  ...{ event: "eval", step: n, epoch: 0, encoder: n ? "trained" : "frozen" },
  recall: { coarse: { "1": 0.9 }, fine: { "1": fine, "2": fine, "50": 1 } },
});
const lines = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join("");

describe("runs in the Studio", () => {
  let root: string;
  let server: Listening;
  const at = (...names: string[]) => join(root, "runs", ...names);

  function put(name: string, { config = record({ seed: 1 }), metrics = lines(start, step(1)) } = {}) {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(at(name, "config.json"), config);
    writeFileSync(at(name, "metrics.jsonl"), metrics);
  }
  const list = async () => (await (await fetch(`${server.url}/api/runs`)).json()) as RunList;
  async function post(body: unknown) {
    const response = await fetch(`${server.url}/api/runs/curves`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, value: await response.json() };
  }
  const news = async (...runs: CurvesQuestion["runs"][number][]) => (await post({ runs })).value as RunNews[];
  const stepsOf = (run: RunNews, name: string) => run.curves.find(({ curve }) => curve === name)?.steps;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "maskcon-runs-"));
    mkdirSync(at());
    await writeSample(join(root, "collection"), [sampleRows(1, 9)]);
    writePageFiles(root);
    server = await startStudio(join(root, "collection"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), runs: at() },
      log: (line) => expect.fail(line),
    });
  });
  afterAll(async () => {
    await server.close(0);
    rmSync(root, { recursive: true });
  });

  it("lists the folders that hold runs, and what is wrong with them", async () => {
    put("run 10");
    put("run 9", { config: record({ method: "supcon" }) });
    put("damaged", { config: '{"seed": }' });
    put("large", { config: `{"a": "${"x".repeat(1 << 20)}"}` });
    mkdirSync(at("empty"));
    writeFileSync(at("file"), "");
    const { folder, runs } = await list();
    expect(folder).toBe(at());
    expect(runs.map(({ name }) => name)).toEqual(["damaged", "large", "run 9", "run 10"]);
    expect(runs[2]).toMatchObject({ method: "supcon", backbone: "resnet18", isTraining: false, problem: null });
    for (const { problem, method } of runs.slice(0, 2)) {
      expect(problem).toMatch(/config\.json.*expected/);
      expect(problem).not.toContain("\n");
      expect(method).toBeNull();
    }
    const [damaged] = await news({ name: "damaged" });
    expect([damaged!.problems.length, stepsOf(damaged!, "loss")]).toEqual([1, [1]]);
  });

  it("sends what is new, and all of it where a resumed run took steps back", async () => {
    put("live", { metrics: lines(start, evaluation(0, 0.2), step(1), step(2), evaluation(2, 0.5)) });
    const [first] = await news({ name: "live" });
    expect(first).toMatchObject({ step: 2, steps: 40, stepsPerEpoch: 10, state: "no end recorded", left: 0 });
    expect(first!.settings).toMatchObject({ seed: "1", method: "maskcon", dataset: "cars", trainImages: "90" });
    expect(first!.curves).toContainEqual({ curve: "fine@1", from: 0, steps: [0, 2], values: [0.2, 0.5] });
    expect(first!.curves.map(({ curve }) => curve)).not.toContain("fine@50");
    const asked = { name: "live", life: first!.life, tick: first!.tick };
    const [none] = await news(asked);
    expect([none!.curves, none!.settings, none!.tick]).toEqual([[], null, first!.tick]);
    appendFileSync(at("live", "metrics.jsonl"), lines(step(3), step(4, null)));
    const [more] = await news(asked);
    // The last stretch comes again with what is behind it.
    expect(more!.curves.find(({ curve }) => curve === "loss")).toMatchObject({ steps: [2, 3], from: 2 });
    expect(more!.problems).toEqual(["Values that are no finite numbers, left out: 1."]);
    writeFileSync(at("live", "metrics.jsonl"), lines(start, step(1), step(2, 7), { ...start, step: 2 }, step(3)));
    const [anew] = await news({ name: "live", life: more!.life, tick: more!.tick });
    expect(anew!.life).not.toBe(more!.life);
    expect(anew!.curves.find(({ curve }) => curve === "loss")).toEqual({
      ...{ curve: "loss", from: 0, steps: [1, 2, 3], values: [1, 7, 1 / 3] },
    });
    expect(anew!.settings).not.toBeNull();
  });

  it("says how a run ended", async () => {
    const end = { event: "end", step: 2, epoch: 0, reason: "finished", imagesPerSecond: 1, dataWait: 0, seconds: 1 };
    put("ended", { metrics: lines(start, step(1), end) });
    expect((await news({ name: "ended" }))[0]!.state).toBe("finished");
    appendFileSync(at("ended", "metrics.jsonl"), lines({ ...start, resumed: true }));
    expect((await news({ name: "ended" }))[0]!.state).toBe("no end recorded");
  });

  it("lives with a metrics file of a gigabyte, damaged lines and pipes", async () => {
    put("giant");
    truncateSync(at("giant", "metrics.jsonl"), 2 ** 30);
    put("torn", {
      metrics: `${lines(start, step(1))}\0\xff{"event"\n[]\n{"event":"step","step":-1}\n${lines(step(2))}{`,
    });
    put("pipe");
    rmSync(at("pipe", "metrics.jsonl"));
    execFileSync("mkfifo", [at("pipe", "metrics.jsonl"), at("pipe", "run.lock")]);
    put("pipes");
    rmSync(at("pipes", "config.json"));
    execFileSync("mkfifo", [at("pipes", "config.json")]);
    const begin = performance.now();
    const [giant, torn, pipe, pipes] = await news(...["giant", "torn", "pipe", "pipes"].map((name) => ({ name })));
    expect(performance.now() - begin).toBeLessThan(2000);
    expect(giant!.left).toBeGreaterThan(2 ** 29);
    expect([stepsOf(giant!, "loss"), stepsOf(torn!, "loss")]).toEqual([[1], [1, 2]]);
    expect(torn!.problems).toEqual(["Lines of its metrics that are unreadable or torn, passed over: 3."]);
    expect(pipe!.problems).toEqual([expect.stringContaining("a pipe or a device")]);
    expect(pipes!.problems).toEqual([expect.stringContaining("found no file")]);
    expect((await list()).runs.length).toBeGreaterThan(4);
  });

  it("refuses links out of the folder, and names that are not in its list", async () => {
    put("run 9", { config: record({ method: "supcon" }) });
    mkdirSync(join(root, "outside"));
    writeFileSync(join(root, "outside", "config.json"), record({ seed: 77 }));
    writeFileSync(join(root, "outside", "metrics.jsonl"), lines(start, step(1)));
    symlinkSync(join(root, "outside"), at("linked"));
    symlinkSync(at("run 9"), at("inner"));
    mkdirSync(at("half"));
    for (const file of ["config.json", "metrics.jsonl"]) symlinkSync(join(root, "outside", file), at("half", file));
    for (const name of ["linked", "half"]) {
      const [run] = await news({ name });
      expect([run!.curves, run!.settings]).toEqual([[], {}]);
      expect(run!.problems[0]).toContain("a link out of it");
    }
    expect((await news({ name: "inner" }))[0]!.settings).toMatchObject({ method: "supcon" });
    for (const name of ["../outside", "outside", join(root, "outside"), "", "run 9/../../outside"]) {
      expect(await news({ name })).toEqual([]);
    }
    expect((await post({ runs: Array.from({ length: 9 }, () => ({ name: "run 9" })) })).status).toBe(400);
  });

  it("lists two hundred runs in a moment, and a folder that is a run itself", async () => {
    for (let i = 0; i < 200; i++) put(`many/${i}`);
    const started = await startStudio(await copyOf("other"), {
      ...{ host: "127.0.0.1", port: 0, threads: 1, page: join(root, "page"), runs: at("many") },
      log: (line) => expect.fail(line),
    });
    const ask = async () => (await (await fetch(`${started.url}/api/runs`)).json()) as RunList;
    expect((await ask()).runs).toHaveLength(200);
    const begin = performance.now();
    await ask();
    expect(performance.now() - begin).toBeLessThan(1000);
    put("many");
    expect((await ask()).runs[0]).toMatchObject({ name: ".", title: "many", method: "maskcon" });
    await started.close(0);
  });

  const copyOf = async (name: string) => {
    await writeSample(join(root, name), [sampleRows(1, 9)]);
    return join(root, name);
  };
});
