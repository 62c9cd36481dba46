import { Command } from "commander";
import { addDataOptions } from "../data-options.ts";
import type { DiagnoseFlags } from "../diagnose.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const command = new Command("diagnose")
    .description(
      "How near the targets of SelfCon, SupCon, Grafit and MaskCon come to the fine labels on a run's keys, and which w and T come nearest.",
    )
    .argument("<run>", "folder of the run");
  return addDataOptions(command, "take")
    .option("--checkpoints", "diagnose every checkpoint that the run kept, and the weights before the first step")
    .option("--images <n>", "images that are queries (default: 1000)")
    .option("--labels <file>", "propose w and T from the fine labels of this CSV (columns id,fine)")
    .option("--fine-labels <n>", "propose w and T from n of the known fine labels")
    .option("--sample-seed <n>", "draws the images, their views and the labels (default: the run's seed)")
    .option(
      "--out <file>",
      "the plot, over the epochs with --checkpoints, else over T (default: diagnose.svg in the run's folder)",
    )
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: DiagnoseFlags) =>
      (await import("../diagnose.ts")).diagnoseCommand(folder, flags, terminal),
    );
}
