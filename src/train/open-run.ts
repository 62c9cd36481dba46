import type { RunConfig, RunRecord } from "../config/index.ts";
import type { Dataset, LoadedData, TrainLoader } from "../data/index.ts";
import type { RunPaths, TrainEvent } from "../run/index.ts";
import type { Step } from "../step/index.ts";
import type { RunInput } from "./run-input.ts";
import type { Schedule } from "./schedule.ts";

/** A run while it is open: what the loop works with. */
export interface OpenRun {
  readonly config: RunConfig;
  readonly paths: RunPaths;
  readonly record: RunRecord;
  readonly data: LoadedData;
  readonly set: Dataset;
  readonly input: RunInput;
  readonly step: Step;
  readonly loader: TrainLoader;
  readonly schedule: Schedule;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: TrainEvent) => void;
}
