import { Command } from "commander";
import { addDataOptions } from "../data-options.ts";
import type { EvalFlags } from "../eval.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const command = new Command("eval")
    .description(
      "A run's last checkpoint and its frozen initial encoder on the test images, leave-one-out: Recall@K, precision@K, MAP@R, k-NN accuracy, NMI and ARI of k-means; overall, per coarse class and within it, with 95% intervals.",
    )
    .argument("<run>", "folder of the run");
  return addDataOptions(command, "evaluate on")
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .option("--quick", "Recall@K alone, as during training")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: EvalFlags) =>
      (await import("../eval.ts")).evalCommand(folder, flags, terminal),
    );
}
