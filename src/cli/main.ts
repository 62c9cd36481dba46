#!/usr/bin/env node
import { reportError } from "./report-error.ts";
import { run } from "./run.ts";
import { isClosedPipe, outputLost } from "./signals.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // What leaves files behind ends in order; of anything else the result still has to come, and the exit code.
    if (outputLost(error) || stream === process.stderr) return;
    if (isClosedPipe(error)) process.exit();
    terminal.err(`maskcon: cannot write to standard output: ${error.message}\n`);
    process.exit(1);
  });
}
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => process.exit(reportError(error, terminal)));
}
process.exitCode = await run(process.argv.slice(2), terminal);
