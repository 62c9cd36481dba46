import { manifestFile, writeEncoder } from "../export/index.ts";
import { loadRun } from "../run/index.ts";
import { overRun } from "./config-options.ts";
import type { Terminal } from "./terminal.ts";
import { warnOfPassedOver } from "./warn.ts";

export interface ExportFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string;
}

export async function exportCommand(folder: string, { out, ...flags }: ExportFlags, terminal: Terminal): Promise<void> {
  const run = await loadRun(folder);
  const { weights, step, warnings } = await run.trained(overRun(run.record.config, flags).encoder);
  warnOfPassedOver(terminal, warnings);
  const file = out ?? run.paths.encoder;
  await writeEncoder(run, weights, file);
  terminal.err(`wrote ${file} and ${manifestFile(file)} from the checkpoint of step ${step}\n`);
}
