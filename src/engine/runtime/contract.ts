import type { DType, Shape, TypedArrays } from "../../core/index.ts";
import type { Device } from "./devices.ts";

/** A tensor that stays with the runtime between runs: on the GPU where the device is one. */
export interface StateSlot {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * A model over resident state. Its inputs are feeds and `state.<slot>`, its outputs fetches and `next.<slot>`: a run reads
 * the slots it names and replaces those it writes.
 */
export interface Program {
  readonly model: Uint8Array;
  readonly feeds: Readonly<Record<string, StateSlot>>;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly fetches: readonly string[];
}

export interface ExecutorOptions {
  readonly device: Device;
  /** Threads inside an operator on the CPU; the machine's cores by default. */
  readonly threads?: number | undefined;
  readonly state: Readonly<Record<string, StateSlot>>;
  readonly programs: Readonly<Record<string, Program>>;
  /** Rewrites by ONNX Runtime's optimiser: none where the file is already written as it should run. */
  readonly optimize?: "none" | "all";
  /** Path prefix of an ONNX Runtime profile (Node only). */
  readonly profile?: string | undefined;
}

export type Arrays = Record<string, TypedArrays[DType]>;

export interface Executor {
  /** Runs a program; state it does not write keeps its value. Runs are queued, never concurrent. */
  run(program: string, feeds: Arrays): Promise<Arrays>;
  /** Replaces slots; the others keep their values (zeros at first). The caller must not use the arrays afterwards. */
  write(slots: Arrays): Promise<void>;
  /** Copies of slots. */
  read(slots: readonly string[]): Promise<Arrays>;
  /** Frees a program's session and working memory; a later run builds it again. */
  release(program: string): Promise<void>;
  /** Why operators of a program run on the CPU although the device is another; empty where none does. Programs that ran. */
  fallbacks(): Promise<Readonly<Record<string, readonly string[]>>>;
  /** Frees everything. */
  close(): Promise<void>;
}

export const stateInput = (slot: string): string => `state.${slot}`;
export const stateOutput = (slot: string): string => `next.${slot}`;
