import { Command } from "commander";
import type { ServeFlags } from "../serve.ts";
import type { Terminal } from "../terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("serve")
    .description("Search a collection over HTTP: JSON, described at /v1/openapi.json. Stop it with Ctrl-C.")
    .argument("<collection>", "folder of the collection")
    .option("--host <address>", "listen at this address; other machines need the token in MASKCON_TOKEN", "127.0.0.1")
    .option("--port <n>", "listen at this port; 0: any that is free", "8080")
    .option("--running <n>", "searches at the same time", "4")
    .option("--waiting <n>", "searches that wait for their turn; more are refused with 503", "64")
    .option("--threads <n>", "threads of a search (default: all cores)")
    .action(async (folder: string, flags: ServeFlags) =>
      (await import("../serve.ts")).serveCommand(folder, flags, terminal),
    );
}
