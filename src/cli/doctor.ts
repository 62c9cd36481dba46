import { Command } from "commander";
import { doctor } from "../engine/runtime/doctor.ts";
import type { Terminal } from "./terminal.ts";

export function command(terminal: Terminal): Command {
  return new Command("doctor")
    .description("Probe every device with a tiny graph; say in one line what is missing and how to get it.")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const devices = await doctor();
      if (json) return terminal.out(`${JSON.stringify({ devices })}\n`);
      for (const { device, available, detail, fix } of devices) {
        terminal.out(`${available ? "ok " : "-- "} ${device.padEnd(7)} ${detail}${fix ? `; ${fix}` : ""}\n`);
      }
    });
}
