import { Command } from "commander";
import type { CollectFlags } from "../collect.ts";
import { addReadingOptions } from "../data-options.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const command = new Command("collect")
    .description(
      "Embed images by a run's encoder and by its frozen one into a collection: a folder of plain files to search and to curate. Run again, it adds what is new.",
    )
    .argument("<run>", "folder of the run")
    .argument("[data]", "images in place of the run's own")
    .requiredOption("--out <collection>", "folder of the collection, which may be there already")
    .option("--split <name>", "only the images of this split: train or test")
    .option("--unlabelled", "DATA has no labels: take every image at any depth")
    .option("--check-contents", "read every file, also one that looks as it was when it was collected");
  return addReadingOptions(command)
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .option("--json", "print what was done as JSON")
    .action(async (run: string, data: string | undefined, flags: CollectFlags) =>
      (await import("../collect.ts")).collectCommand(run, data, flags, terminal),
    );
}
