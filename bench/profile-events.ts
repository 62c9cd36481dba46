/** One kernel's call, as ONNX Runtime's profile records it. */
export interface KernelCall {
  /** The node's name in the model. */
  readonly node: string;
  /** ONNX operator. */
  readonly op: string;
  readonly microseconds: number;
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
}

export interface TensorShape {
  readonly dtype: string;
  readonly shape: readonly number[];
}

export interface ProfiledRuns {
  readonly runs: number;
  /** Wall time of one run inside the session, mean. */
  readonly millisecondsPerRun: number;
  /** Kernel calls of all the runs. */
  readonly calls: readonly KernelCall[];
}

interface ProfileEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: {
    readonly op_name?: string;
    readonly input_type_shape?: readonly Record<string, readonly number[]>[];
    readonly output_type_shape?: readonly Record<string, readonly number[]>[];
  };
}

/** Reads a profile file's text; the first `warmup` runs are left out. */
export function readProfile(text: string, warmup: number): ProfiledRuns {
  const events = JSON.parse(text) as ProfileEvent[];
  const runs = events.filter(({ cat, name }) => cat === "Session" && name === "model_run").sort((a, b) => a.ts - b.ts);
  const kept = runs.slice(warmup);
  const start = kept[0]?.ts ?? Number.POSITIVE_INFINITY;
  const calls = events.filter(({ cat, ts, args }) => cat === "Node" && ts >= start && args?.op_name !== undefined);
  const total = kept.reduce((sum, { dur }) => sum + dur, 0);
  return {
    runs: kept.length,
    millisecondsPerRun: total / 1000 / Math.max(1, kept.length),
    calls: calls.map(({ name, dur, args }) => ({
      node: name.replace(/_kernel_time$/, ""),
      op: args!.op_name!,
      microseconds: dur,
      inputs: (args!.input_type_shape ?? []).map(tensorShape),
      outputs: (args!.output_type_shape ?? []).map(tensorShape),
    })),
  };
}

function tensorShape(entry: Record<string, readonly number[]>): TensorShape {
  const [dtype, shape] = Object.entries(entry)[0] ?? ["float", [0]];
  return { dtype, shape };
}
