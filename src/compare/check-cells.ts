import { existsSync } from "node:fs";
import { checkSameRun, type RunRecord } from "../config/index.ts";
import { fail, MaskconError } from "../core/index.ts";
import { listCheckpoints, ownList, readRecord, runPaths } from "../run/index.ts";
import { initDigest } from "../train/index.ts";
import type { Cell } from "./cells.ts";
import type { RunImages } from "./images.ts";
import { cellFolder } from "./run-cell.ts";

/**
 * The images of the cells that have begun.
 * @throws MaskconError "config" where the grid asks something else of one than what it began with, or where one is damaged
 */
export async function checkCells(cells: readonly Cell[], out: string): Promise<RunImages[]> {
  const begun: RunImages[] = [];
  const digests = new Map<string, string | undefined>();
  for (const cell of cells) {
    const folder = cellFolder(out, cell);
    const record = await readBegun(folder);
    if (!record) continue;
    const { init } = cell.config;
    if (init !== undefined && !digests.has(init)) digests.set(init, await initDigest(cell.config));
    checkCell(cell, folder, record, init === undefined ? undefined : digests.get(init));
    begun.push({ ...record, list: () => ownList({ paths: runPaths(folder), record }) });
  }
  return begun;
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
    return await readRecord(runPaths(folder));
  } catch (error) {
    if (!(error instanceof MaskconError)) throw error;
    return fail("config", { ...error.failure, fix: error.failure.fix ?? fix }, error);
  }
}

/** @param weights digest of the file that the cell begins from, where it can be read */
function checkCell(cell: Cell, folder: string, { config, initialWeights }: RunRecord, weights?: string): void {
  const known = initialWeights !== undefined && weights !== undefined;
  try {
    const sameInit = known && initialWeights === weights;
    checkSameRun(runPaths(folder).config, config, cell.config, { sameFigures: true, sameInit });
    if (known && !sameInit) {
      fail("config", {
        where: "--init",
        expected: "the weights it began from",
        found: `others in ${cell.config.init}`,
      });
    }
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
