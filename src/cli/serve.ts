import { version } from "../config/index.ts";
import { fail } from "../core/index.ts";
import { serveCollection } from "../serve/index.ts";
import { toCount } from "./config-options.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

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
  await interruptibly(
    (signal) => terminal.err(`\n${signal}: finishing what runs; once more to leave at once\n`),
    async (signal) => {
      // Somebody who stops a server by Ctrl-C did not fail.
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await server.close();
      process.exitCode = 0;
    },
  );
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  return fail("usage", { where: "--port", expected: "a whole number from 0 to 65535", found: JSON.stringify(text) });
}
