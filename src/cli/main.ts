#!/usr/bin/env node
import { reportError } from "./report-error.ts";
import { run } from "./run.ts";
import { outputClosed } from "./signals.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", ({ code, message }: NodeJS.ErrnoException) => {
    // The reader has left (`maskcon … | head`): nobody to tell.
    if (code === "EPIPE" && outputClosed()) return;
    if (code === "EPIPE") process.exit();
    if (stream === process.stdout) terminal.err(`maskcon: cannot write to standard output: ${message}\n`);
    process.exit(1);
  });
}
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => process.exit(reportError(error, terminal)));
}
process.exitCode = await run(process.argv.slice(2), terminal);
