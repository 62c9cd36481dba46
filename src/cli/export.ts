import { Command } from "commander";
import { manifestFile } from "../export/index.ts";
import { loadRun } from "../run/index.ts";
import { overRun } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { writeEncoder } from "./write-encoder.ts";

export function command(terminal: Terminal): Command {
  return new Command("export")
    .description("Write a run's encoder as ONNX (free batch size), its preprocessing in a manifest beside it.")
    .argument("<run>", "folder of the run")
    .option("--out <file>", "the .onnx file (default: encoder.onnx in the run)")
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .action(async (folder: string, { out, ...flags }: { out?: string }) => {
      const run = await loadRun(folder);
      const { weights, step, warnings } = await run.trained(overRun(run.record.config, flags).encoder);
      for (const warning of warnings) terminal.err(`warning: passed over a checkpoint: ${warning}\n`);
      const file = out ?? run.paths.encoder;
      await writeEncoder(run, weights, file);
      terminal.err(`wrote ${file} and ${manifestFile(file)} from the checkpoint of step ${step}\n`);
    });
}
