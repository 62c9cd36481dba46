import { parentPort, workerData } from "node:worker_threads";
import type { AxesJob } from "./principal-axes-aside.ts";
import { principalAxes } from "./whitening.ts";

const { features, dim, most } = workerData as AxesJob;
parentPort!.postMessage(principalAxes(features, dim, most));
