import { deviceOf, type Graph, type KernelPlan, lower, type Program } from "../engine/index.ts";
import { objectiveOf } from "../methods/index.ts";
import type { Host } from "./host.ts";
import { measureKernels } from "./measure-kernels.ts";
import { checkOptions, type StepOptions } from "./options.ts";
import { programOf } from "./program.ts";
import { stateLayout } from "./state-layout.ts";
import { openStep, type Step } from "./step.ts";
import { fillGraph, stepGraph } from "./step-graph.ts";

/**
 * Builds the step's graph, lowers it for the device and opens a runtime for it.
 * @throws MaskconError "config" where an option cannot work.
 * @throws MaskconError "device" where the device is missing or does not take the graph.
 */
export async function compileStepOn(host: Host, options: StepOptions): Promise<Step> {
  checkOptions(options);
  const objective = objectiveOf(options.method);
  const layout = stateLayout(options, objective);
  const blocked = deviceOf(options.device).blockedKernels && options.lowering !== "portable";
  const block = blocked ? await host.blockSize() : 0;
  const graph = stepGraph(options, objective, layout);
  const measured = options.tune && block > 0 ? await measureKernels(host, graph, options, block) : {};
  const plan: Record<string, string> = {};
  const program = (graph: Graph): Program => {
    const lowered = lower(graph, { block, plan: { ...measured, ...options.plan } });
    for (const [problem, { taken }] of lowered.choices) plan[problem] = taken;
    return programOf(graph, lowered);
  };
  const step = program(graph);
  const programs = objective.contrastive ? { step, fill: program(fillGraph(options, layout)) } : { step };
  const executor = await host.open({
    device: options.device,
    threads: options.threads,
    state: layout.slots,
    programs,
    profile: options.debug?.profile,
  });
  try {
    return await openStep(executor, options, layout, plan as KernelPlan);
  } catch (error) {
    await executor.close();
    throw error;
  }
}
export type { Host } from "./host.ts";
