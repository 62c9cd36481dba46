import { startStudio } from "../studio/index.ts";
import { toCount } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { portOf, untilStopped } from "./until-stopped.ts";

export interface StudioFlags {
  readonly host: string;
  readonly port: string;
  readonly threads?: string;
  readonly runs?: string;
}

export async function studioCommand(folder: string, flags: StudioFlags, terminal: Terminal): Promise<void> {
  const threads = flags.threads === undefined ? undefined : toCount("--threads", flags.threads);
  // Never on the command line, which every user of the machine can read.
  const token = process.env.MASKCON_TOKEN || undefined;
  const server = await startStudio(folder, {
    ...{ host: flags.host, port: portOf(flags.port), token, threads, runs: flags.runs },
    log: (line) => terminal.err(`${line}\n`),
  });
  terminal.err(`${server.url}/${token === undefined ? "" : "?token=TOKEN"} shows ${folder}; stop with Ctrl-C\n`);
  await untilStopped(server, terminal);
}
