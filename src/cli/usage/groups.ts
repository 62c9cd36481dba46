import { Command } from "commander";
import type { GroupsFlags } from "../groups.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("groups")
    .description("Propose groups inside the coarse classes of a collection. `maskcon collection undo` takes them back.")
    .argument("<collection>", "folder of the collection")
    .option("--by <encoder>", "group by the frozen encoder (the default), or by the trained one")
    .option("--coarse <name...>", "only these coarse classes; an empty name for the images without one")
    .option("--seed <n>", "seed of the draws", "0")
    .option("--replace-named", "replace groups that have a name, too; they stay by default")
    .option("--csv <file>", "write id, path, coarse, group, name and confidence of each image as CSV")
    .option("--parquet <file>", "write the same as Parquet")
    .option("--pairs <file>", "propose nothing: write pairs of images as CSV, to be answered same or different")
    .option("--count <n>", "pairs to write, 100 by default")
    .option("--answers <file>", "propose nothing: read the filled file and print how far the groups can be trusted")
    .option("--json", "print JSON")
    .action(async (folder: string, flags: GroupsFlags) =>
      (await import("../groups.ts")).groupsCommand(folder, flags, terminal),
    );
}
