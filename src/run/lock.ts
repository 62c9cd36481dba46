import { lockFolder } from "../core/lock.ts";

/**
 * Takes a run folder for this process, over from a dead one if need be. Returns the release. `name` and `what` are
 * those of a lock on something larger.
 * @throws MaskconError "busy" where a living process trains this run.
 */
export const lockRun = (folder: string, { name = "run.lock", what = "a run nobody trains" } = {}): (() => void) =>
  lockFolder(folder, { name, what });
