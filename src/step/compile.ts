import {
  type Executor,
  type ExecutorOptions,
  type Graph,
  type KernelPlan,
  type Lowered,
  lower,
  type Program,
  writeModel,
} from "../engine/index.ts";
import { objectiveOf } from "../methods/index.ts";
import { checkOptions, type StepOptions } from "./options.ts";
import { openStep, type Step } from "./step.ts";
import { fillGraph, stateLayout, stepGraph } from "./step-graph.ts";

/** What differs between Node and a browser page. */
export interface Host {
  open(options: ExecutorOptions): Promise<Executor>;
  /** Channels in a block of this machine's blocked CPU layout; 0 where it has none. */
  blockSize(): Promise<number>;
}

/** Builds the step's graph, lowers it for the device and opens a runtime for it. Throws `config` and `device`. */
export async function compileStepOn(host: Host, options: StepOptions): Promise<Step> {
  checkOptions(options);
  const objective = objectiveOf(options.method);
  const layout = stateLayout(options, objective);
  const blocked = options.device === "cpu" && options.lowering !== "portable";
  const block = blocked ? await host.blockSize() : 0;
  const plan: Record<string, string> = {};
  const program = (graph: Graph): Program => {
    const lowered = lower(graph, { block, plan: options.plan ?? {} });
    for (const [problem, { taken }] of lowered.choices) plan[problem] = taken;
    return programOf(graph, lowered);
  };
  const step = program(stepGraph(options, objective, layout));
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

/** Reads a program's feeds, state and fetches off its graph's names. */
export function programOf(graph: Graph, { model }: Lowered): Program {
  const names = (values: Iterable<string>, prefix: string) =>
    [...values].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const feeds = [...graph.inputs].filter(([name]) => !name.startsWith("state."));
  return {
    model: writeModel(model),
    feeds: Object.fromEntries(feeds.map(([name, { dtype, shape }]) => [name, { dtype, shape }])),
    reads: names(graph.inputs.keys(), "state."),
    writes: names(graph.outputs.keys(), "next."),
    fetches: [...graph.outputs.keys()].filter((name) => !name.startsWith("next.")),
  };
}
