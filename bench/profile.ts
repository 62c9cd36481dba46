import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { compileStep } from "../src/step/index.ts";
import { breakdown, byGraphOp, byOp, byPart, byScope } from "./breakdown.ts";
import type { Peaks } from "./floors.ts";
import { measurePeaks } from "./peaks.ts";
import { type ProfiledRuns, readProfile } from "./profile-events.ts";
import { syntheticBatch, syntheticQueue } from "./synthetic.ts";
import { type Work, type WorkName, workNames, workStep, works } from "./works.ts";

interface Options {
  readonly work: WorkName;
  readonly batch?: string;
  readonly steps: string;
  readonly threads: string;
  readonly depth: string;
  readonly limit: string;
  readonly portable?: boolean;
  readonly from?: string;
}

const options = new Command("node --import tsx bench/profile.ts")
  .description("Where a training step's time goes, against floors of arithmetic and memory; see bench/README.md.")
  .addOption(new Option("--work <name>", "the step").choices(workNames).default("resnet18"))
  .option("--batch <n>", "another batch size")
  .option("--steps <n>", "profiled steps, after one that is left out", "3")
  .option("--threads <n>", "threads", String(Math.min(2, availableParallelism())))
  .option("--depth <n>", "scopes of a node's name that make a group of the last table", "3")
  .option("--limit <n>", "rows of a table", "30")
  .option("--portable", "the portable lowering on the CPU")
  .option("--from <file>", "read this ONNX Runtime profile instead of running a step")
  .parse()
  .opts<Options>();

const threads = Number(options.threads);
const peaks = await measurePeaks(threads);
const profile = options.from ? readProfile(readFileSync(options.from, "utf8"), 1) : await profiledStep();
print(profile, peaks);

async function profiledStep(): Promise<ProfiledRuns> {
  const chosen: Work = works[options.work];
  const work = options.batch ? { ...chosen, batchSize: Number(options.batch) } : chosen;
  const folder = mkdtempSync(join(tmpdir(), "maskcon-profile-"));
  try {
    const lowering = options.portable ? "portable" : "auto";
    const debug = { profile: join(folder, "profile") };
    const { options: own, start: numbers } = await workStep(work, threads);
    const step = await compileStep({ ...own, lowering, debug });
    await step.load({ ...numbers, ...syntheticQueue(work) });
    const batch = syntheticBatch(work);
    const count = 1 + Number(options.steps);
    const start = performance.now();
    for (let i = 0; i < count; i++) await step.run(batch);
    console.log(
      `${options.work}, batch ${work.batchSize}: ${((performance.now() - start) / count).toFixed(0)} ms a step with the profiler on`,
    );
    await step.close();
    const [file] = readdirSync(folder).filter((name) => name.includes("-step"));
    if (!file) throw new Error("ONNX Runtime wrote no profile");
    return readProfile(readFileSync(join(folder, file), "utf8"), 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function print(profile: ProfiledRuns, peaks: Peaks): void {
  const kernels = profile.calls.reduce((sum, { microseconds }) => sum + microseconds, 0) / 1000 / profile.runs;
  const gflops = (peaks.flopsPerSecond / 1e9).toFixed(0);
  const bandwidth = (peaks.bytesPerSecond / 1e9).toFixed(1);
  console.log(`${threads} threads: matrix product ${gflops} GFLOP/s, sum of 34 MB tensors ${bandwidth} GB/s`);
  console.log(`session ${profile.millisecondsPerRun.toFixed(1)} ms a run, kernels ${kernels.toFixed(1)} ms`);
  const tables = {
    "By part of the step": byPart,
    "By graph op": byGraphOp,
    "By ONNX operator": byOp,
    "By scope": byScope(Number(options.depth)),
  };
  for (const [title, grouping] of Object.entries(tables)) {
    console.log(`\n${title}\n${breakdown(profile, grouping, peaks, Number(options.limit))}`);
  }
}
