import type { HttpBindings } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { type Access, guard } from "./access.ts";
import { answerError, refuseRequest } from "./answers.ts";
import { type InFlightLimits, inFlight } from "./in-flight.ts";
import { type Gauge, metrics } from "./metrics.ts";

export type ServerApp = Hono<{ Bindings: HttpBindings }>;

export interface ServerOptions extends Access {
  /** Requests that run (`running`, 4 by default) and wait (`waiting`, 64) at a time; more are refused. */
  readonly limits?: Partial<InFlightLimits>;
  /** Further numbers for `GET /metrics`. */
  readonly gauges?: readonly Gauge[];
  /** What goes wrong inside, a line each. */
  readonly log: (line: string) => void;
}

const RUNNING = 4;
const WAITING = 64;

/**
 * An empty server: who may ask is checked, answers carry the headers of a page that runs nothing of others, requests are
 * counted and taken in turn. Routes are added to `app`; `GET /metrics` is there.
 */
export function httpServer(o: ServerOptions) {
  const app: ServerApp = new Hono<{ Bindings: HttpBindings }>();
  const { limited, state } = inFlight({ running: RUNNING, waiting: WAITING, ...o.limits });
  const { counted, text } = metrics([
    { name: "maskcon_requests_running", help: "Requests that are worked on.", value: () => state().running },
    { name: "maskcon_requests_waiting", help: "Requests that wait for their turn.", value: () => state().waiting },
    ...(o.gauges ?? []),
  ]);
  app.use(counted);
  app.use(safeHeaders);
  app.use(guard(o));
  app.get("/metrics", (c) => c.text(text(), 200, { "Content-Type": "text/plain; version=0.0.4" }));
  app.notFound((c) =>
    refuseRequest(c, 404, "path", "a path of this server", `${c.req.method} ${c.req.path.slice(0, 200)}`),
  );
  app.onError((error, c) => answerError(error, c, o.log));
  return { app, limited };
}

const safeHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
  },
  xFrameOptions: "DENY",
  // Plain HTTP, on purpose: a proxy that adds TLS adds this.
  strictTransportSecurity: false,
});

/** Refuses a longer body before it is read. @param most in bytes */
export const bodyUpTo = (most: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: most,
    onError: (c) => refuseRequest(c, 413, "size", `a body of at most ${most} bytes`, "a larger one"),
  });
