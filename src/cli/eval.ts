import { Command } from "commander";
import { MaskconError } from "../core/index.ts";
import type { EvalReport } from "../eval/index.ts";
import { evaluateEncoder, loadRun, type Run, writeEvaluation } from "../train/index.ts";
import { overRun } from "./config-options.ts";
import { openRunData } from "./open-source.ts";
import { recallTable } from "./recall-table.ts";
import type { Terminal } from "./terminal.ts";

interface EvalFlags extends Readonly<Record<string, unknown>> {
  readonly data?: string;
  readonly json?: boolean;
}

export function command(terminal: Terminal): Command {
  return new Command("eval")
    .description(
      "Leave-one-out Recall@K of a run's last checkpoint and of its frozen initial encoder, on the test images.",
    )
    .argument("<run>", "folder of the run")
    .option("--data <data>", "evaluate on these images instead of the run's own")
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .option("--json", "print JSON")
    .action((folder: string, flags: EvalFlags) => evalCommand(folder, flags, terminal));
}

async function evalCommand(folder: string, flags: EvalFlags, terminal: Terminal): Promise<void> {
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  const { weights, step, epoch, warnings } = await run.trained();
  for (const warning of warnings) terminal.err(`warning: passed over a checkpoint: ${warning}\n`);
  const { train, test } = await openRunData(run.record, flags.data);
  if (!test) terminal.err("warning: no test images: evaluated on the training images\n");
  const dataset = { ...(test ?? train), normalization: run.record.dataset.normalization };
  const trained = await evaluateEncoder(config, weights, dataset);
  const frozen = await evaluateEncoder(config, await run.initial(), dataset);
  if (flags.data === undefined) await record(run, { step, epoch, trained, frozen }, terminal);
  if (flags.json) terminal.out(`${JSON.stringify({ trained, frozen, step, epoch, images: dataset.length })}\n`);
  else
    terminal.out(
      `${dataset.name}, ${dataset.length} images, checkpoint of step ${step}\n\n${recallTable({ frozen, trained })}`,
    );
}

/** A folder that cannot be written is no reason not to evaluate. */
async function record(
  run: Run,
  evaluation: { step: number; epoch: number; trained: EvalReport | undefined; frozen: EvalReport | undefined },
  terminal: Terminal,
): Promise<void> {
  try {
    await writeEvaluation(run.paths, evaluation);
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    terminal.err(`warning: ${error.message}\n`);
  }
}
