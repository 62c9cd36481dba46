import { writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { Command, InvalidArgumentError, Option } from "commander";
import { benchAugment } from "./augment.ts";
import { benchCollect } from "./collect.ts";
import { benchFeatures } from "./features.ts";
import { benchHead } from "./head.ts";
import { machine } from "./machine.ts";
import { benchPhotographs } from "./photographs.ts";
import { findPython, type Python } from "./python.ts";
import { benchRecall } from "./recall.ts";
import { printReport, type Report } from "./report.ts";
import { benchSearch } from "./search.ts";
import { benchStep } from "./step.ts";
import { type WorkName, workNames } from "./works.ts";

interface Options {
  readonly rounds: number;
  readonly threads: number;
  readonly work?: WorkName;
  readonly json?: string;
  readonly blas?: string;
  readonly python: boolean;
  readonly rows?: number;
  readonly dim?: number;
  readonly classes: number;
  readonly full: boolean;
  readonly model?: string;
  readonly images?: number;
  readonly size: number;
}

const positive = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("a whole number of at least 1");
  return value;
};

const benchmarks = ["step", "augment", "photographs", "features", "head", "recall", "search", "collect"] as const;

const program = new Command("npm run bench --")
  .description("Measures this package against PyTorch in turns on the same cores; see bench/README.md.")
  .argument("[benchmark]", `${benchmarks.join(", ")} or all`, "all")
  .option("--rounds <n>", "turns of every side", positive, 5)
  .option("--threads <n>", "threads of the step and of recall", positive, Math.min(2, availableParallelism()))
  .addOption(new Option("--work <name>", "one step only").choices(workNames))
  .option("--json <file>", "also write machine, settings and every measurement as JSON")
  .option("--blas <folder>", "folder of another libblas.so.3 for PyTorch, such as OpenBLAS's")
  .option("--rows <n>", "recall (10000), search (100000) and collect (100000): images", positive)
  .option("--dim <n>", "recall (512) and search (256): features an image", positive)
  .option("--classes <n>", "recall: classes", positive, 100)
  .option("--full", "recall: every measure of docs/evaluation.md, ours alone", false)
  .option("--model <file>", "features: an ONNX model in place of MobileNetV1 with random weights")
  .option("--size <n>", "features: side of the images in pixels", positive, 224)
  .option("--images <n>", "features (1024) and head (10000): images", positive)
  .option("--no-python", "measure this package alone");

program.parse();
const options = program.opts<Options>();
const benchmark = program.args[0] ?? "all";

const plan = planned();
const python = options.python ? findPython(options.blas) : undefined;
const here = machine();
console.log(
  `${here.date}, ${here.cpu}, ${here.cores} cores, ${here.memoryGb} GB, Node ${here.node}, ONNX Runtime ${here.onnxruntime}`,
);
console.log(
  python
    ? `PyTorch ${python.torch} (${python.command})`
    : options.python
      ? "no Python with torch and torchvision: this package alone"
      : "this package alone",
);

const reports: Report[] = [];
for (const run of plan) {
  const report = await run(python);
  reports.push(report);
  console.log(`\n${printReport(report)}`);
}
if (options.json) {
  writeFileSync(
    options.json,
    `${JSON.stringify({ machine: here, python, rounds: options.rounds, reports }, null, 1)}\n`,
  );
}

type Run = (python: Python | undefined) => Promise<Report>;

function planned(): Run[] {
  const { rounds, threads, rows, dim, classes, full, model, images, size } = options;
  const steps = (options.work ? [options.work] : workNames).map(
    (name): Run =>
      (python) =>
        benchStep(name, { rounds, threads, python }),
  );
  const parts: Record<(typeof benchmarks)[number], Run[]> = {
    step: steps,
    augment: [(python) => benchAugment({ rounds, python })],
    photographs: [(python) => benchPhotographs({ rounds, python })],
    features: [() => benchFeatures({ rounds, threads, model, images: images ?? 1024, size })],
    head: [() => benchHead({ rounds, threads, images: images ?? 10_000, views: 16, steps: 500 })],
    recall: [
      (python) => benchRecall({ rounds, threads, python, rows: rows ?? 10_000, dim: dim ?? 512, classes, full }),
    ],
    search: [(python) => benchSearch({ rounds, threads, python, rows: rows ?? 100_000, dim: dim ?? 256 })],
    collect: [() => benchCollect({ rows: rows ?? 100_000 })],
  };
  const { collect, ...quick } = parts;
  // So many images take a quarter of an hour.
  const all = [...Object.values(quick).flat(), ...(rows === undefined ? [] : collect)];
  const chosen = benchmark === "all" ? all : parts[benchmark as keyof typeof parts];
  const expected = `${benchmarks.join(", ")} or all`;
  if (!chosen) return program.error(`error: expected ${expected}, found "${benchmark}"`, { exitCode: 2 });
  return chosen;
}
