import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";

export interface Machine {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly node: string;
  readonly onnxruntime: string;
}

export function machine(): Machine {
  const require = createRequire(import.meta.url);
  const runtime = JSON.parse(readFileSync(require.resolve("onnxruntime-node/package.json"), "utf8")) as {
    version: string;
  };
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    onnxruntime: runtime.version,
  };
}
