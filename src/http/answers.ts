import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type ErrorCode, MaskconError, messageOf } from "../core/index.ts";

/** What a refused request is answered with. */
export interface ErrorAnswer {
  readonly error: {
    /** A stable name: an `ErrorCode`, or one of the server's own (`host`, `origin`, `token`, `size`, `busy`, `path`). */
    readonly code: string;
    /** One line: expected, found, what to do. */
    readonly message: string;
  };
}

const statuses: Readonly<Partial<Record<ErrorCode, ContentfulStatusCode>>> = {
  usage: 400,
  config: 400,
  data: 400,
  image: 400,
  shape: 400,
  busy: 503,
  disk: 507,
};

export function refuseRequest(c: Context, status: ContentfulStatusCode, code: string, expected: string, found: string) {
  return c.json({ error: { code, message: `expected ${expected}, found ${found}` } } satisfies ErrorAnswer, status);
}

/** The answer to anything thrown: what its user caused in one line, the rest without its inner parts. */
export function answerError(error: unknown, c: Context, log: (line: string) => void): Response {
  if (error instanceof MaskconError) {
    const body: ErrorAnswer = { error: { code: error.code, message: error.message } };
    return c.json(body, statuses[error.code] ?? 500);
  }
  log(`${c.req.method} ${c.req.path}: ${messageOf(error)}`);
  const body: ErrorAnswer = {
    error: { code: "internal", message: "something went wrong here; the server's log has it" },
  };
  return c.json(body, 500);
}
