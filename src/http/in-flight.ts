import type { MiddlewareHandler } from "hono";
import { refuseRequest } from "./answers.ts";

/** How many requests are worked on at a time. */
export interface InFlight {
  readonly running: number;
  readonly waiting: number;
}

/**
 * How many requests are taken at a time.
 * @inline
 */
export interface InFlightLimits {
  /** Requests that run at the same time. */
  readonly running: number;
  /** Requests that wait for their turn; one more is refused at once, so that memory stays bounded. */
  readonly waiting: number;
}

/** Runs work in turn, at most `running` at a time. */
export function inFlight(limits: InFlightLimits) {
  let running = 0;
  const queue: (() => void)[] = [];

  const limited: MiddlewareHandler = async (c, next) => {
    if (running >= limits.running) {
      if (queue.length >= limits.waiting) {
        c.header("Retry-After", "1");
        return refuseRequest(c, 503, "busy", `at most ${limits.running + limits.waiting} requests at a time`, "more");
      }
      await new Promise<void>((resolve) => queue.push(resolve));
    }
    // One that waited takes the place of the one that woke it.
    else running++;
    try {
      return await next();
    } finally {
      const waiting = queue.shift();
      if (waiting) waiting();
      else running--;
    }
  };
  const state = (): InFlight => ({ running, waiting: queue.length });
  return { limited, state };
}
