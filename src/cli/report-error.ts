import { MaskconError, messageOf } from "../core/index.ts";
import type { Terminal } from "./terminal.ts";

/** One line for whatever was thrown; the exit code that belongs to it. */
export function reportError(error: unknown, terminal: Terminal): number {
  if (error instanceof MaskconError) {
    terminal.err(`maskcon: ${error.message}\n${debugStack(error)}`);
    return error.exitCode;
  }
  const disk = diskProblem(error);
  const hint = process.env.MASKCON_DEBUG ? "" : " (a bug; run again with MASKCON_DEBUG=1 for where it happened)";
  terminal.err(`maskcon: ${disk ?? `unexpected: ${messageOf(error)}${hint}`}\n${debugStack(error)}`);
  return 1;
}

const debugStack = (error: unknown) =>
  process.env.MASKCON_DEBUG && error instanceof Error ? `${error.stack ?? ""}\n` : "";

/** A file system's own refusal is no bug. */
function diskProblem(error: unknown): string | undefined {
  const { code, path } = error as { code?: unknown; path?: unknown };
  if (typeof code !== "string" || !["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EMFILE"].includes(code))
    return undefined;
  return `${typeof path === "string" ? `${path}: ` : ""}expected to read or write it, found ${messageOf(error)}`;
}
