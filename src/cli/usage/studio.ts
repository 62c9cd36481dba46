import { Command } from "commander";
import type { StudioFlags } from "../studio.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("studio")
    .description("Look at a collection and curate it in a browser page. Stop it with Ctrl-C.")
    .argument("<collection>", "folder of the collection")
    .option("--host <address>", "listen at this address; other machines need the token in MASKCON_TOKEN", "127.0.0.1")
    .option("--port <n>", "listen at this port; 0: any that is free", "8090")
    .option("--runs <dir>", "show the curves of the runs in this folder, too")
    .option("--threads <n>", "threads of a search (default: all cores)")
    .action(async (folder: string, flags: StudioFlags) =>
      (await import("../studio.ts")).studioCommand(folder, flags, terminal),
    );
}
