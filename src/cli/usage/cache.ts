import { Command } from "commander";
import type { CacheFlags, DeleteFlags } from "../cache.ts";
import type { Terminal } from "../terminal.ts";

const place = ["--cache-dir <path>", "folder of cached features (default: in the user's folder for caches)"] as const;

export function command(terminal: Terminal): Command {
  const list = new Command("list")
    .description("What is kept: of which model and images, how large, when last used.")
    .option(...place)
    .option("--json", "print JSON")
    .action(async (flags: CacheFlags) => (await import("../cache.ts")).listCommand(flags, terminal));
  const remove = new Command("delete")
    .description("Delete some of them, or all; a run that needs them makes them again.")
    .argument("[key...]", "names that `maskcon cache list` prints")
    .option("--unused-for <days>", "those that no run has used for so many days")
    .option("--all", "all of them")
    .option(...place)
    .option("--json", "print JSON")
    .action(async (keys: string[], flags: DeleteFlags) =>
      (await import("../cache.ts")).deleteCommand(keys, flags, terminal),
    );
  return new Command("cache")
    .description("Features of pretrained models that earlier runs left on disk: list them, delete them.")
    .addCommand(list)
    .addCommand(remove);
}
