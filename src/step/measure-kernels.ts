import { sizeOf } from "../core/index.ts";
import { Graph, type KernelChoice, type KernelPlan, lower, ops, type Program } from "../engine/index.ts";
import type { Host } from "./host.ts";
import type { StepOptions } from "./options.ts";
import { programOf } from "./program.ts";

/** Runs of a variant, after one to warm up. The fastest counts: other work on the machine can only slow a run. */
const RUNS = 3;

/**
 * Times the kernel variants of every computation in the graph that has several, each in a graph of its own, and plans
 * the fastest.
 */
export async function measureKernels(
  host: Host,
  graph: Graph,
  options: StepOptions,
  block: number,
): Promise<KernelPlan> {
  const plan: Record<string, string> = {};
  for (const [problem, choice] of lower(graph, { block }).choices) {
    if (choice.variants.length < 2 || options.plan?.[problem] !== undefined) continue;
    plan[problem] = await fastestVariant(host, options, { problem, choice, block });
  }
  return plan;
}

interface Trial {
  readonly problem: string;
  readonly choice: KernelChoice;
  readonly block: number;
}

async function fastestVariant(
  host: Host,
  { threads }: StepOptions,
  { problem, choice, block }: Trial,
): Promise<string> {
  const graph = new Graph(ops);
  const { node, variants } = choice;
  const inputs = node.inputs.map(({ dtype, shape }, i) => graph.input(`x${i}`, dtype, shape));
  graph.output("y", graph.op(node.op, inputs, node.attributes));
  const programs: Record<string, Program> = {};
  for (const variant of variants)
    programs[variant] = programOf(graph, lower(graph, { block, plan: { [problem]: variant } }));
  const feeds = Object.fromEntries(
    node.inputs.map(({ shape }, i) => [`x${i}`, new Float32Array(sizeOf(shape)).fill(0.5)]),
  );
  const executor = await host.open({ device: "cpu", threads, state: {}, programs });
  try {
    let best = { variant: choice.taken, ms: Number.POSITIVE_INFINITY };
    for (const variant of variants) {
      for (let run = 0; run <= RUNS; run++) {
        const start = performance.now();
        await executor.run(variant, feeds);
        const ms = performance.now() - start;
        if (run > 0 && ms < best.ms) best = { variant, ms };
      }
      await executor.release(variant);
    }
    return best.variant;
  } finally {
    await executor.close();
  }
}
