import type { ErrorCode, Failure } from "../../core/index.ts";
import type { Arrays, ExecutorOptions } from "./contract.ts";

/** What the main thread asks of a runtime worker; one answer each, in order. */
export type Request =
  | { readonly id: number; readonly call: "open"; readonly options: ExecutorOptions }
  | { readonly id: number; readonly call: "run"; readonly program: string; readonly feeds: Arrays }
  | { readonly id: number; readonly call: "write"; readonly slots: Arrays }
  | { readonly id: number; readonly call: "read"; readonly slots: readonly string[] }
  | { readonly id: number; readonly call: "release"; readonly program: string }
  | { readonly id: number; readonly call: "fallbacks" }
  | { readonly id: number; readonly call: "close" };

export type Response =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly code: ErrorCode; readonly failure: Failure } };

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
export type Call = WithoutId<Request>;
