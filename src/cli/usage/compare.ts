import { Command } from "commander";
import { gridFlags } from "../../compare/grid.ts";
import { paperNames, scales } from "../../compare/paper-grids.ts";
import type { GivenCompareFlags } from "../compare.ts";
import { addFlag } from "../config-options.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const compare = new Command("compare")
    .description("Run methods x seeds x settings on the same images; tables, plots and the command of each run.")
    .argument("[grid]", "JSON file of the grid (docs/compare.md)")
    .option("--out <dir>", "folder of the comparison; what is in it is continued (default: comparisons/GRID)")
    .option("--data <data>", "images to compare on (default: the grid's)")
    .option("--preset <name>", `a table of the paper: ${paperNames.join(", ")}; or beside a grid, its preset`)
    .option("--scale <name>", `size of the preset's runs: ${scales.join(", ")} (default: full)`)
    .option("--seeds <list>", "seeds in place of the grid's, such as 0,1,2")
    .option("--jobs <n>", "runs at once, each with its share of the cores (default: 1)")
    .option("--dry-run", "print the runs and their commands; run and write nothing")
    .option("--json", "print JSON")
    .optionsGroup("Settings of every run (a method's own and varied ones win):");
  for (const field of gridFlags()) addFlag(compare, field);
  return compare.action(async (file: string | undefined, flags: GivenCompareFlags) =>
    (await import("../compare.ts")).compareCommand(file, flags, terminal),
  );
}
