import { resolve } from "node:path";
import { presetNames } from "../config/index.ts";
import { didYouMean, fail } from "../core/index.ts";
import { checkData, type DatasetName, datasetNames, getData, isSound, withAddresses } from "../data/index.ts";
import { checkTable } from "./check-table.ts";
import { showDownload } from "./download-progress.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";
import { warn } from "./warn.ts";

export interface GetFlags {
  readonly out?: string;
  readonly addresses?: string;
}

export async function checkCommand(
  given: string,
  folder: string,
  flags: { json?: boolean },
  terminal: Terminal,
): Promise<void> {
  const name = known(given);
  await interruptibly(
    () => undefined,
    async (signal) => {
      const check = await checkData(name, folder, signal);
      const ok = isSound(check);
      if (flags.json) terminal.out(`${JSON.stringify({ name, folder: resolve(folder), ok, ...check })}\n`);
      else terminal.out(checkTable(name, folder, check));
      if (!ok) process.exitCode = 1;
    },
  );
}

export async function getCommand(
  given: string,
  { out: folder, addresses: file }: GetFlags,
  terminal: Terminal,
): Promise<void> {
  const name = known(given);
  const out = folder ?? name;
  const addresses = file === undefined ? undefined : await withAddresses(file);
  const onFirst = (signal: string) => terminal.err(`\n${signal}: what came is kept; run again to go on\n`);
  await interruptibly(onFirst, async (signal) => {
    const progress = showDownload(terminal);
    const result = await getData(name, out, { addresses, signal, ...progress });
    if (result.kind === "manual") {
      // A script must not go on as if the data were there.
      process.exitCode = 1;
      if (result.problem !== undefined) warn(terminal, result.problem);
      return terminal.out(
        `${name} has no address to fetch all of it from. Place in ${out}:\n\n${indent(result.place)}\n${next(name, out)}`,
      );
    }
    terminal.out(`${name}: ${result.kind === "there" ? "already complete" : "fetched"} in ${out}\n${next(name, out)}`);
  });
}

const indent = (lines: readonly string[]) => lines.map((line) => `  ${line}\n`).join("");

const next = (name: DatasetName, out: string) => {
  const preset = (presetNames as readonly string[]).includes(name) ? name : "cpu-small";
  return `check:  maskcon data check ${name} ${out}\ntrain:  maskcon train ${out} --preset ${preset} --out RUN\n`;
};

function known(name: string): DatasetName {
  const found = datasetNames.find((dataset) => dataset === name);
  if (found) return found;
  const fix = didYouMean(name, datasetNames);
  return fail("usage", { where: "NAME", expected: `one of ${datasetNames.join(", ")}`, found: `"${name}"`, fix });
}
