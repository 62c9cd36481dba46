import type { Executor, ExecutorOptions, Program } from "../../src/engine/index.ts";
import { type KernelPlan, lower } from "../../src/engine/index.ts";
import { programOf } from "../../src/step/program.ts";
import { type Case, feedsOf } from "./case.ts";
import { builtOf, problemsOf } from "./check.ts";

/** Something that runs lowered graphs: a device under one of the two lowerings, in Node or in a page. */
export interface Target {
  readonly name: string;
  /** Channels in a block: 0 asks for standard operators only. */
  readonly block: number;
  open(programs: ExecutorOptions["programs"]): Promise<Executor>;
}

/** A case with one choice of kernels. */
export interface Trial {
  readonly name: string;
  readonly test: Case;
  readonly program: Program;
}

/** A case under the preferred kernels and, one at a time, under every other on offer. */
export function trialsOf(test: Case, block: number): Trial[] {
  const { graph } = builtOf(test);
  const trial = (name: string, plan: KernelPlan): Trial & { choices: ReturnType<typeof lower>["choices"] } => {
    const lowered = lower(graph, { block, plan });
    return { name, test, program: programOf(graph, lowered), choices: lowered.choices };
  };
  const first = trial(test.name, {});
  const others = [...first.choices].flatMap(([problem, { variants, taken }]) =>
    variants
      .filter((variant) => variant !== taken)
      .map((variant) => trial(`${test.name}: ${variant}`, { [problem]: variant })),
  );
  return [first, ...others];
}

export interface Suite {
  /** Runs a trial and says what is wrong with its results. */
  check(trial: Trial): Promise<string[]>;
  /** Operators the device handed to the CPU, by trial. */
  fallbacks(): Promise<Readonly<Record<string, readonly string[]>>>;
  close(): Promise<void>;
}

export async function openSuite(target: Target, trials: readonly Trial[]): Promise<Suite> {
  const executor = await target.open(Object.fromEntries(trials.map(({ name, program }) => [name, program])));
  return {
    async check({ name, test }) {
      const results = await executor.run(name, feedsOf(test));
      await executor.release(name);
      return problemsOf(test, results);
    },
    fallbacks: () => executor.fallbacks(),
    close: () => executor.close(),
  };
}

export interface SuiteReport {
  readonly trials: number;
  readonly problems: string[];
  /** Trials with operators the device handed to the CPU. */
  readonly fallbacks: string[];
}

/** The whole suite on one target, for hosts without a test runner; no problems where all is well. */
export async function runSuite(target: Target, cases: readonly Case[]): Promise<SuiteReport> {
  const trials = cases.flatMap((test) => trialsOf(test, target.block));
  const suite = await openSuite(target, trials);
  const problems: string[] = [];
  try {
    for (const trial of trials) {
      for (const problem of await suite.check(trial)) problems.push(`${trial.name}: ${problem}`);
    }
    const fallbacks = Object.entries(await suite.fallbacks()).flatMap(([name, list]) =>
      list.length > 0 ? [name] : [],
    );
    return { trials: trials.length, problems, fallbacks };
  } finally {
    await suite.close();
  }
}
