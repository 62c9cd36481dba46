import { ownEntry, type Python, pythonEntry } from "./python.ts";
import { blasNotes, type Report } from "./report.ts";
import { alternate } from "./rounds.ts";
import { type WorkName, works } from "./works.ts";

/** Images per second of the training step: ours, PyTorch in NCHW and PyTorch in channels_last, in turns. */
export async function benchStep(
  name: WorkName,
  o: { rounds: number; threads: number; python: Python | undefined },
): Promise<Report> {
  const work = works[name];
  const { backbone, imageSize, batchSize, queueSize, embeddingDim, steps } = work;
  const shared = ["--backbone", backbone, "--size", imageSize, "--batch", batchSize, "--queue", queueSize];
  const more = ["--dim", embeddingDim, "--classes", work.coarseClasses, "--steps", steps, "--threads", o.threads];
  const format = (label: string, value: string) =>
    o.python ? [pythonEntry(o.python, label, "bench_step.py", [...shared, ...more, "--format", value])] : [];
  const entries = [
    ownEntry("maskcon", "step-child.js", { ...work, threads: o.threads }),
    ...format("PyTorch NCHW", "nchw"),
    ...format("PyTorch channels_last", "channels_last"),
  ];
  const outcomes = await alternate(entries, "imagesPerSecond", o.rounds);
  return {
    title: `step: ${backbone}, ${imageSize}x${imageSize}, batch ${batchSize}, queue ${queueSize}, D ${embeddingDim}, ${o.threads} threads`,
    unit: "images/s",
    higherIsBetter: true,
    outcomes,
    notes: blasNotes(outcomes),
  };
}
