import { Command } from "commander";
import { addDataOptions } from "../data-options.ts";
import type { ReportFlags } from "../report.ts";
import { MOST_POINTS, MOST_QUERIES } from "../report-limits.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const command = new Command("report")
    .description(
      "Write a run as one self-contained HTML file: curves, Recall@K against the frozen encoder, nearest neighbours, a map, the hardest confusions, the configuration.",
    )
    .argument("<run>", "folder of the run");
  return addDataOptions(command, "show")
    .option("--out <file>", "the HTML file (default: report.html in the run's folder; other images have none)")
    .option("--queries <n>", `queries of the retrieval figure, 0 to ${MOST_QUERIES}`, "12")
    .option("--map <n>", `images on the map, 0 to ${MOST_POINTS}; 0: no map`, "2000")
    .option("--encoder <name>", "query, key or average encoder (default: the run's)")
    .option("--device <name>", "device to run on (default: the run's)")
    .option("--workers <n>", "threads that decode images (default: the run's)")
    .option("--json", "print what was written as JSON")
    .action(async (folder: string, flags: ReportFlags) =>
      (await import("../report.ts")).reportCommand(folder, flags, terminal),
    );
}
