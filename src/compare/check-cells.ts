import { existsSync } from "node:fs";
import { checkSameRun, parseRecord, type RunRecord, readConfigFile } from "../config/index.ts";
import { fail, MaskconError } from "../core/index.ts";
import { listCheckpoints, runPaths } from "../run/index.ts";
import type { Cell } from "./cells.ts";
import { cellFolder } from "./run-cell.ts";

/**
 * The records of the cells that have begun.
 * @throws MaskconError "config" where the grid asks something else of one than what it began with, or where one is damaged
 */
export async function checkCells(cells: readonly Cell[], out: string): Promise<RunRecord[]> {
  const records: RunRecord[] = [];
  for (const cell of cells) {
    const record = await readBegun(cellFolder(out, cell));
    if (!record) continue;
    checkCell(cell, cellFolder(out, cell), record);
    records.push(record);
  }
  return records;
}

async function readBegun(folder: string): Promise<RunRecord | undefined> {
  const { config, evaluation, checkpoints } = runPaths(folder);
  const fix = `mend it, or delete ${folder} to have that run made anew`;
  if (!existsSync(config)) {
    if (!existsSync(evaluation)) return undefined;
    fail("config", {
      where: config,
      expected: "the configuration of a run that has been evaluated",
      found: "none",
      fix,
    });
  }
  if (!existsSync(evaluation) && (await listCheckpoints(checkpoints)).length === 0) return undefined;
  try {
    return parseRecord(config, await readConfigFile(config));
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    return fail("config", { ...error.failure, fix: error.failure.fix ?? fix }, error);
  }
}

function checkCell(cell: Cell, folder: string, { config }: RunRecord): void {
  try {
    checkSameRun(runPaths(folder).config, config, cell.config, { sameEncoder: true });
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    const { where, expected, found } = error.failure;
    fail("config", {
      where: `${cell.name}, seed ${cell.seed}: ${where}`,
      ...{ expected, found },
      fix: 'give what it began with, a new "name" to the method, or another --out',
    });
  }
}
