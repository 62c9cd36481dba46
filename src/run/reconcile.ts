import { checkSameRun, type RunRecord, runId } from "../config/index.ts";
import type { LoadedData } from "../data/index.ts";
import { describeData } from "./describe-data.ts";
import { sharedImages } from "./image-changes.ts";
import { writeImageList } from "./image-file.ts";
import { compareImages, ONLY_LABELS_COMPARED, ownList, refuseOthers } from "./own-images.ts";
import type { RunPaths } from "./run-folder.ts";

/** What a run goes on with. */
export interface Reconciled {
  readonly record: RunRecord;
  /** The images in the run's own order. */
  readonly data: LoadedData;
  readonly warnings: readonly string[];
  /** Writes what identifies the images, where the folder has it not. */
  writeList(): Promise<void>;
}

/** The record of a new run. */
export async function newRecord(
  paths: RunPaths,
  wanted: Omit<RunRecord, "id" | "dataset">,
  data: LoadedData,
): Promise<Reconciled> {
  const { dataset, list } = await describeData(data);
  const id = runId({ ...wanted, dataset });
  const shared = sharedImages(list.test, list.train);
  const warning = `${shared} of the ${dataset.testImages} test images are among the training images, too`;
  return {
    record: { ...wanted, id, dataset },
    data,
    warnings: shared > 0 ? [warning] : [],
    writeList: () => writeImageList(paths.images, list),
  };
}

/**
 * The record a resumed run goes on with: its own, under what may change. The images may lie elsewhere and in another order.
 * @throws MaskconError "config" where the wanted settings contradict its own, "data" where the images are others
 */
export async function reconcile(
  paths: RunPaths,
  recorded: RunRecord,
  wanted: Omit<RunRecord, "id" | "dataset">,
  data: LoadedData,
): Promise<Reconciled> {
  const { id, dataset, initialWeights, model } = recorded;
  const sameInit = initialWeights !== undefined && initialWeights === wanted.initialWeights;
  const sameModel = model !== undefined && model === wanted.model;
  checkSameRun(paths.config, recorded.config, wanted.config, { sameInit, sameModel });
  const run = { paths, record: recorded };
  const { own, list, ...compared } = await compareImages(run, data);
  if (!own) return refuseOthers(data, compared.difference!, "start a new run in another folder");
  return {
    record: {
      ...wanted,
      ...{ id, initialWeights, model, dataset: { ...dataset, name: data.name } },
      data: wanted.data ?? recorded.data,
      plan: recorded.plan ?? wanted.plan,
    },
    data: own,
    warnings: dataset.images === undefined ? [ONLY_LABELS_COMPARED] : [],
    async writeList() {
      // Images in another order were compared with the list itself.
      if (list && "problem" in (await ownList(run))) await writeImageList(paths.images, list);
    },
  };
}
