import { cpus } from "node:os";
import { join } from "node:path";
import { type DatasetRecord, isModelFile, type RunConfig, version } from "../config/index.ts";
import { writeTextAtomically } from "../core/atomic-file.ts";
import { commandOf } from "./command-line.ts";
import { csvOf, runsCsvOf } from "./csv.ts";
import type { Grid } from "./grid.ts";
import { markdownOf } from "./markdown.ts";
import { isUntrained } from "./matters.ts";
import type { PaperImages } from "./paper-numbers.ts";
import { plotsOf } from "./plots.ts";
import type { CellResult } from "./results.ts";
import type { CompareRow } from "./rows.ts";

interface Report {
  readonly grid: Grid;
  readonly results: readonly CellResult[];
  /** They, and what their runs measured beside them. */
  readonly measured: readonly CellResult[];
  readonly rows: readonly CompareRow[];
  /** DATA as the commands show it. */
  readonly data: string;
}

/** Folder of the plots in that of the comparison. */
export const PLOT_FOLDER = "plots";

export const reportFiles = (out: string): string[] =>
  ["compare.md", "compare.csv", "runs.csv"].map((name) => join(out, name));

/** Writes `compare.md`, `compare.csv`, `runs.csv` and the plots from what is known so far. */
export async function writeReport(out: string, { grid, results, measured, rows, data }: Report): Promise<void> {
  const plots = plotsOf(rows, measured);
  for (const { name, svg } of plots) await writeTextAtomically(join(out, PLOT_FOLDER, `${name}.svg`), svg);
  const [markdown, csv, runs] = reportFiles(out);
  await writeTextAtomically(csv!, csvOf(rows));
  await writeTextAtomically(runs!, runsCsvOf(measured));
  const text = markdownOf({
    title: grid.paper ? `Comparison: ${grid.paper.title}` : "Comparison",
    facts: factsOf(grid, results, data),
    rows,
    paper: grid.paper,
    dataset: datasetOf(results),
    plots,
    plotFolder: PLOT_FOLDER,
    commands: results.map(({ cell }) => ({
      name: cell.name,
      seed: cell.seed,
      command: commandOf(cell.config, data, `again/${cell.id}`),
    })),
  });
  await writeTextAtomically(markdown!, text);
}

function factsOf(grid: Grid, results: readonly CellResult[], data: string): string[] {
  const count = (status: string) => results.filter(({ state }) => state?.status === status).length;
  const failed = count("failed");
  const { config } = results.find(({ cell }) => !isUntrained(cell.kind))?.cell ?? results[0]!.cell;
  const least = config.leastSteps > 0 ? ` (at least ${config.leastSteps} steps)` : "";
  const length = config.steps === undefined ? `${config.epochs} epochs${least}` : `${config.steps} steps`;
  const crops = config.crops > 1 ? ` with ${config.crops} crops of each image` : "";
  const dataset = datasetOf(results);
  const images = dataset
    ? ` (${nameOf(dataset)}${dataset.trainImages} training, ${dataset.testImages} test images)`
    : "";
  return [
    `data: ${data}${images}; grid: ${grid.where}`,
    `${networkText(config)}, ${config.imageSize} px, ${length}, batch ${config.batchSize}${crops} where a row does not say otherwise`,
    `seeds: ${grid.seeds.join(", ")}`,
    `runs: ${count("finished")} of ${results.length} finished${failed > 0 ? `, ${failed} failed` : ""}`,
    `maskcon ${version}, ${config.device}, ${cpus()[0]?.model.trim() ?? "unknown processor"} (${cpus().length} threads), ${new Date().toISOString().slice(0, 10)}`,
  ];
}

/** What is trained, and from where. */
function networkText({ backbone, init, trainable }: RunConfig): string {
  if (isModelFile(backbone)) {
    const part = trainable === "all" ? "all of it" : `its last blocks (${trainable})`;
    return `an adapter behind ${backbone}${trainable === "head" ? "" : `, and ${part}`}`;
  }
  return `${backbone} from ${init === undefined ? "random weights" : `the weights of ${init}`}`;
}

/** A collection of one's own is called by its path, which stands there already. */
const nameOf = ({ name }: DatasetRecord) => (/[\\/]/.test(name) ? "" : `${name}, `);

function datasetOf(results: readonly CellResult[]): (DatasetRecord & Pick<PaperImages, "coarseMap">) | undefined {
  const found = results.find((result) => result.dataset);
  return found?.dataset && { ...found.dataset, coarseMap: found.cell.config.coarseMap };
}
