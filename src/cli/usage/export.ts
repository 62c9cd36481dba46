import { Command } from "commander";
import type { ExportFlags } from "../export.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("export")
    .description("Write a run's encoder as ONNX (free batch size), its preprocessing in a manifest beside it.")
    .argument("<run>", "folder of the run")
    .option("--out <file>", "the .onnx file (default: encoder.onnx in the run)")
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .action(async (folder: string, flags: ExportFlags) =>
      (await import("../export.ts")).exportCommand(folder, flags, terminal),
    );
}
