#!/usr/bin/env node
import { reportError } from "./report-error.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
for (const stream of [process.stdout, process.stderr]) {
  // The reader has left (`maskcon … | head`): nobody to tell.
  stream.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
}
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => process.exit(reportError(error, terminal)));
}
process.exitCode = await run(process.argv.slice(2), terminal);
