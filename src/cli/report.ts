import { join } from "node:path";
import { writeFileAtomically } from "../core/atomic-file.ts";
import { fail } from "../core/index.ts";
import { requireDevice } from "../engine/runtime/doctor.ts";
import { checkPlace } from "../export/index.ts";
import { report } from "../report/index.ts";
import { loadRun } from "../run/index.ts";
import { overRun, toNumber } from "./config-options.ts";
import { readingOf } from "./data-options.ts";
import { openRunData } from "./open-run-data.ts";
import { showCount } from "./progress.ts";
import { MOST_POINTS, MOST_QUERIES } from "./report-limits.ts";
import { interruptibly } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export interface ReportFlags extends Readonly<Record<string, unknown>> {
  readonly out?: string;
  readonly data?: string;
  readonly device?: string;
  readonly encoder?: string;
  readonly queries: string;
  readonly map: string;
  readonly json?: boolean;
}

export async function reportCommand(folder: string, flags: ReportFlags, terminal: Terminal): Promise<void> {
  const queries = count("--queries", flags.queries, MOST_QUERIES);
  const map = count("--map", flags.map, MOST_POINTS);
  const run = await loadRun(folder);
  const config = overRun(run.record.config, flags);
  // First of all, and also where no image would be embedded.
  if (flags.device !== undefined) await requireDevice(config.device);
  const file = flags.out ?? join(folder, "report.html");
  await checkPlace(file, "report");
  const onFirst = (signal: string) => terminal.err(`\n${signal}: stopping; nothing was written\n`);
  await interruptibly(onFirst, async (signal) => {
    const progress = (what: string, done: number, total: number) => showCount(terminal, what)(done, total);
    const data = async () => {
      const opened = await openRunData(run, flags, terminal);
      if (!opened.own && flags.out === undefined) refuseUsualFile(file);
      return opened;
    };
    const { html, missing } = await report({
      run,
      config,
      data,
      asked: askedFor(flags),
      queries,
      map,
      signal,
      progress,
    });
    signal.throwIfAborted();
    const bytes = new TextEncoder().encode(html);
    await writeFileAtomically(file, [bytes]);
    for (const line of missing) terminal.err(`note: ${line}\n`);
    if (flags.json) terminal.out(`${JSON.stringify({ file, bytes: bytes.length, missing })}\n`);
    else terminal.out(`${file} (${(bytes.length / 2 ** 20).toFixed(1)} MB)\n`);
  });
}

/** The run's `report.html` is about its own images and labels. */
function refuseUsualFile(file: string): never {
  return fail("usage", {
    where: "--out",
    expected: "a file for the report on other images or labels",
    found: "none",
    fix: `name one; ${file} is the report on the run's own`,
  });
}

/** What a flag names has to be there; what is the run's own may be missing. */
function askedFor(flags: ReportFlags): { data: boolean; device: boolean; encoder: boolean } {
  return {
    data: flags.data !== undefined || Object.keys(readingOf(flags)).length > 0,
    device: flags.device !== undefined,
    encoder: flags.encoder !== undefined,
  };
}

function count(flag: string, text: string, most: number): number {
  const value = toNumber(flag, text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  return fail("usage", { where: flag, expected: `a whole number from 0 to ${most}`, found: text });
}
