import { messageOf } from "../../src/core/index.ts";
import { createExecutor } from "../../src/engine/runtime/node.ts";
import { compileStep } from "../../src/step/index.ts";
import { stepOptions } from "./step-trial.ts";

/** Opens what is not there and what is, closes it, and ends by itself: a thread left behind would keep the process alive. */
const refusals: Record<string, { code?: string; message: string }> = {};
for (const device of ["webgpu", "cuda"] as const) {
  try {
    await (await compileStep({ ...stepOptions, device })).close();
  } catch (error) {
    refusals[device] = { ...(error as { code?: string }), message: messageOf(error) };
  }
}
const executor = await createExecutor({ device: "cpu", state: {}, programs: {} });
await executor.close();
console.log(JSON.stringify(refusals));
