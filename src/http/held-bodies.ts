import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { refuseRequest } from "./answers.ts";

/** The bodies of all requests of a server that are received or worked on. */
export interface HeldBodies {
  /** Bytes that they may take together. */
  readonly most: number;
  bytes: number;
}

export interface ServerEnv {
  Bindings: HttpBindings;
  Variables: { bodies: HeldBodies };
}

/**
 * Reads a body before anything else of the request is done, so that a slow sender takes no place among those that run. A
 * longer one is refused, before it is read where it announces its length; so is one that finds no room beside the others.
 * Its room is free again after the answer.
 * @param most in bytes
 */
export const bodyUpTo =
  (most: number): MiddlewareHandler<ServerEnv> =>
  async (c, next) => {
    const stream = c.req.raw.body;
    if (!stream) return next();
    const bodies = c.get("bodies");
    const announced = Number(c.req.header("content-length") ?? 0);
    if (announced > most) return refuseLarge(c, most);
    if (bodies.bytes + announced > bodies.most) return refuseBusy(c);
    const reader = stream.getReader();
    let [size, buffer] = [0, new Uint8Array(0)];
    try {
      for (;;) {
        const part = await reader.read().catch(() => undefined);
        if (!part) return refuseRequest(c, 400, "usage", "a whole body", "one that broke off");
        const { done, value } = part;
        if (done) break;
        const offset = size;
        size += value.length;
        if (size > most) return refuseLarge(c, most);
        if (size > buffer.length) {
          // Parts of one byte would each take a hundred in a list.
          const grown = new Uint8Array(Math.min(announced || most, Math.max(size, 2 * buffer.length)));
          bodies.bytes += grown.length - buffer.length;
          grown.set(buffer.subarray(0, offset));
          buffer = grown;
          if (bodies.bytes > bodies.most) return refuseBusy(c);
        }
        buffer.set(value, offset);
      }
      c.req.raw = new Request(c.req.raw, { body: buffer.subarray(0, size) });
      return await next();
    } finally {
      bodies.bytes -= buffer.length;
    }
  };

const refuseLarge = (c: Context, most: number) =>
  refuseRequest(c, 413, "size", `a body of at most ${most} bytes`, "a larger one");

function refuseBusy(c: Context) {
  c.header("Retry-After", "1");
  return refuseRequest(c, 503, "busy", "fewer or shorter bodies at a time", "more than the server has room for");
}
