import { fail } from "../core/index.ts";
import type { Listening } from "../http/index.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** Waits for Ctrl-C, and closes a server. */
export async function untilStopped(server: Listening, terminal: Terminal): Promise<void> {
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

/** @throws MaskconError "usage" where it is none */
export function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535 && text.trim() !== "") return port;
  return fail("usage", { where: "--port", expected: "a whole number from 0 to 65535", found: JSON.stringify(text) });
}
