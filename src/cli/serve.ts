import { version } from "../config/index.ts";
import { serveCollection } from "../serve/index.ts";
import { toCount } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { portOf, untilStopped } from "./until-stopped.ts";

export interface ServeFlags {
  readonly host: string;
  readonly port: string;
  readonly running: string;
  readonly waiting: string;
  readonly threads?: string;
}

export async function serveCommand(folder: string, flags: ServeFlags, terminal: Terminal): Promise<void> {
  const limits = { running: toCount("--running", flags.running), waiting: toCount("--waiting", flags.waiting) };
  const threads = flags.threads === undefined ? undefined : toCount("--threads", flags.threads);
  // Never on the command line, which every user of the machine can read.
  const token = process.env.MASKCON_TOKEN || undefined;
  const server = await serveCollection(folder, {
    ...{ host: flags.host, port: portOf(flags.port), token, limits, threads, version },
    log: (line) => terminal.err(`${line}\n`),
  });
  terminal.err(`${server.url}/v1/openapi.json${token === undefined ? "" : " (with the token)"}; stop with Ctrl-C\n`);
  await untilStopped(server, terminal);
}
