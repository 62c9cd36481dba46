import type { Tensors } from "../../src/core/index.ts";
import {
  batchOf,
  evalFeatures,
  openTrajectory,
  recordedName,
  type Statistics,
  statisticsOf,
  type Trajectory,
} from "./trajectory.ts";

/** Largest relative errors of a run against its record, by part; of tensors the L2 norm and, by their root mean square, single values. */
export interface Agreement {
  readonly losses: readonly number[];
  readonly firstGradients: TensorError;
  readonly lastGradients: TensorError;
  readonly parameters: TensorError;
  readonly keyParameters: TensorError;
  readonly batchNorm: TensorError;
  /** Undefined where the method has no queue. */
  readonly queue: TensorError | undefined;
  readonly queueLabels: readonly number[] | undefined;
  readonly queuePointer: number | undefined;
  /** Of the features of four images: of their norms, and of single values by a feature's root mean square. */
  readonly features: TensorError;
}

export interface TensorError {
  readonly norm: number;
  readonly value: number;
  /** How many tensors were compared: a renamed tensor must not pass unseen. */
  readonly compared: number;
}

/** Runs a golden case from its recorded start and compares everything that was recorded. */
export async function runTrajectory(trajectory: Trajectory, lowering: "auto" | "portable"): Promise<Agreement> {
  const step = await openTrajectory(trajectory, lowering);
  try {
    const losses: number[] = [];
    const gradients: TensorError[] = [];
    for (const [s, recorded] of trajectory.steps.entries()) {
      const { loss, gradients: found } = await step.run(batchOf(trajectory, s));
      losses.push(Math.abs(loss - recorded.loss) / Math.abs(recorded.loss));
      if (recorded.grads) gradients.push(tensorError(recorded.grads, withRecordedNames(trajectory, found!)));
    }
    const state = await step.save();
    return {
      losses,
      firstGradients: gradients[0]!,
      lastGradients: gradients.at(-1)!,
      ...stateErrors(trajectory, state),
      features: featureError(trajectory.eval_features, await evalFeatures(trajectory, state)),
    };
  } finally {
    await step.close();
  }
}

function stateErrors(trajectory: Trajectory, state: Tensors) {
  const { query_params, key_params, bn_running, queue } = trajectory;
  const within = (prefix: string) =>
    withRecordedNames(
      trajectory,
      Object.fromEntries(
        Object.entries(state).flatMap(([name, tensor]) =>
          name.startsWith(prefix) ? [[name.slice(prefix.length), tensor]] : [],
        ),
      ),
    );
  const query = within("query_encoder.");
  return {
    parameters: tensorError(query_params, query),
    keyParameters: tensorError(key_params ?? {}, within("key_encoder.")),
    batchNorm: tensorError(bn_running, query),
    queue: queue && state.queue && tensorError({ queue }, { queue: state.queue }),
    queueLabels: state.queue_labels && Array.from(state.queue_labels.data),
    queuePointer: state.queue_pointer?.data[0],
  };
}

const withRecordedNames = (trajectory: Trajectory, tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [recordedName(trajectory, name), tensor]));

/** Compares the tensors that both have: an engine may leave out what cannot reach its loss (README.md here). */
function tensorError(recorded: Readonly<Record<string, Statistics>>, found: Tensors): TensorError {
  const both = Object.entries(recorded).flatMap(([name, expected]) =>
    found[name] ? [{ expected, tensor: found[name] }] : [],
  );
  const errors = both.map(({ expected, tensor }) => {
    const data = tensor.data as Float32Array;
    const statistics = statisticsOf(data);
    const rms = Math.max(expected.l2 / Math.sqrt(data.length), 1e-9);
    const values = [...expected.first, expected.last].map((value, i) =>
      Math.abs(value - [...statistics.first, statistics.last][i]!),
    );
    return {
      norm: Math.abs(statistics.l2 - expected.l2) / Math.max(expected.l2, 1e-5),
      value: Math.max(...values) / rms,
    };
  });
  return {
    norm: Math.max(0, ...errors.map(({ norm }) => norm)),
    value: Math.max(0, ...errors.map(({ value }) => value)),
    compared: both.length,
  };
}

/** Rows of six values and the norm. */
function featureError(recorded: Trajectory["eval_features"], found: readonly (readonly number[])[]): TensorError {
  const rows = recorded.map((row, i) => {
    const [norm, other] = [row[6]!, found[i]![6]!];
    const rms = Math.sqrt(row.slice(0, 6).reduce((sum, x) => sum + x * x, 0) / 6);
    const values = row.slice(0, 6).map((value, j) => Math.abs(value - found[i]![j]!));
    return { norm: Math.abs(norm - other) / norm, value: Math.max(...values) / rms };
  });
  return {
    norm: Math.max(...rows.map(({ norm }) => norm)),
    value: Math.max(...rows.map(({ value }) => value)),
    compared: rows.length,
  };
}
