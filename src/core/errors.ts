/** Stable names of failures a user can cause; `docs/errors.md` lists what each means. */
export type ErrorCode =
  | "usage"
  | "config"
  | "data"
  | "image"
  | "checkpoint"
  | "weights"
  | "device"
  | "shape"
  | "disk"
  | "busy"
  | "engine";

/** The parts of a message: what was wanted and what was found instead. All are for people. */
export interface Failure {
  /** The thing that was looked at: a file, a flag, a tensor. */
  readonly where?: string;
  readonly expected: string;
  readonly found: string;
  /** The next thing to try. */
  readonly fix?: string | undefined;
}

/** A failure with one clear line for its reader. `exitCode` is 2 for wrong usage, else 1. */
export class MaskconError extends Error {
  override readonly name = "MaskconError";
  readonly code: ErrorCode;
  readonly failure: Failure;

  constructor(code: ErrorCode, failure: Failure, options?: { readonly cause?: unknown }) {
    super(oneLine(failure), options);
    this.code = code;
    this.failure = failure;
  }

  get exitCode(): 1 | 2 {
    return this.code === "usage" || this.code === "config" ? 2 : 1;
  }
}

/** Renders a failure as one line: `where: expected …, found …; fix`. */
function oneLine({ where, expected, found, fix }: Failure): string {
  const text = `${where ? `${where}: ` : ""}expected ${expected}, found ${found}${fix ? `; ${fix}` : ""}`;
  return printable(text);
}

/** Names of files and classes come from anywhere: control characters are escaped, so that a terminal only shows them. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}/gu, (c) => (c < " " ? JSON.stringify(c).slice(1, -1) : `\\u${hex(c)}`));

const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(4, "0");

export function fail(code: ErrorCode, failure: Failure, cause?: unknown): never {
  throw new MaskconError(code, failure, cause === undefined ? undefined : { cause });
}

/** The message of anything thrown, on one line. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ");
}
