import { gatherRows, onePerStretch, type StopSignal } from "../core/index.ts";
import { nextMessage, startWorker } from "../core/worker.ts";
import { COVARIANCE_IMAGES, type PrincipalAxes, principalAxes } from "./whitening.ts";

export interface AxesJob {
  readonly features: Float32Array;
  readonly dim: number;
  readonly most: number;
}

/** Multiplications, those of the eigenvalues some 10 F^3: fewer take less time than a thread needs to start. */
const LEAST_WORK = 2 ** 26;

/** `principalAxes`, the same bits, in a thread of its own: an eigenvalue decomposition cannot pause. */
export async function principalAxesAside(
  { features, dim, most }: AxesJob,
  signal?: StopSignal,
): Promise<PrincipalAxes> {
  signal?.throwIfAborted();
  const rows = onePerStretch(features.length / dim, COVARIANCE_IMAGES);
  if ((rows.length / 2 + 10 * dim) * dim ** 2 < LEAST_WORK) return principalAxes(features, dim, most);
  const job: AxesJob = { features: gatherRows(features, dim, rows), dim, most };
  const worker = startWorker(import.meta.url, "principal-axes-worker", {
    ...{ workerData: job, transferList: [job.features.buffer as ArrayBuffer] },
  });
  try {
    return await nextMessage<PrincipalAxes>(worker, "the principal axes", signal);
  } finally {
    await worker.terminate();
  }
}
