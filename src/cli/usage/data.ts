import { Command, Option } from "commander";
import { datasetNames } from "../../data/index.ts";
import type { GetFlags } from "../data.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  const check = new Command("check")
    .description("Verify the folder of a named dataset: files and their checksums, counts, label maps.")
    .argument("<name>", `one of ${datasetNames.join(", ")}`)
    .argument("<dir>", "its folder")
    .option("--json", "print JSON")
    .action(async (name: string, folder: string, flags: { json?: boolean }) =>
      (await import("../data.ts")).checkCommand(name, folder, flags, terminal),
    );
  const get = new Command("get")
    .description("Fetch a named dataset from its authors' address; what has none is named, with what to place where.")
    .argument("<name>", `one of ${datasetNames.join(", ")}`)
    .option("--out <dir>", "folder for it (default: one of its name, here)")
    .addOption(new Option("--addresses <file>", "JSON of other addresses").hideHelp())
    .action(async (name: string, flags: GetFlags) => (await import("../data.ts")).getCommand(name, flags, terminal));
  return new Command("data")
    .description("Named datasets: verify what is there, fetch what can be fetched.")
    .addCommand(check)
    .addCommand(get);
}
