import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { type Access, guard } from "./access.ts";
import { answerError, refuseRequest } from "./answers.ts";
import type { HeldBodies, ServerEnv } from "./held-bodies.ts";
import { type InFlightLimits, inFlight } from "./in-flight.ts";
import { type Gauge, metrics } from "./metrics.ts";

export type ServerApp = Hono<ServerEnv>;

export interface ServerOptions extends Access {
  /** Requests that run (`running`, 4 by default) and wait (`waiting`, 64) at a time; more are refused. */
  readonly limits?: Partial<InFlightLimits>;
  /** Bytes that the bodies of all requests may take together; default 256 MiB. */
  readonly mostBodyBytes?: number | undefined;
  /** Further numbers for `GET /metrics`. */
  readonly gauges?: readonly Gauge[];
  /** What goes wrong inside, a line each. */
  readonly log: (line: string) => void;
}

const RUNNING = 4;
const WAITING = 64;
const MOST_BODY_BYTES = 2 ** 28;

/**
 * An empty server: who may ask is checked, answers carry the headers of a page that runs nothing of others, requests are
 * counted and taken in turn. Routes are added to `app`; `GET /metrics` is there.
 */
export function httpServer(o: ServerOptions) {
  const app: ServerApp = new Hono<ServerEnv>();
  const { limited, state } = inFlight({ running: RUNNING, waiting: WAITING, ...o.limits });
  const bodies: HeldBodies = { most: o.mostBodyBytes ?? MOST_BODY_BYTES, bytes: 0 };
  const { counted, text } = metrics([
    { name: "maskcon_requests_running", help: "Requests that are worked on.", value: () => state().running },
    { name: "maskcon_requests_waiting", help: "Requests that wait for their turn.", value: () => state().waiting },
    { name: "maskcon_body_bytes", help: "Memory of bodies that are received or worked on.", value: () => bodies.bytes },
    ...(o.gauges ?? []),
  ]);
  app.use(counted);
  app.use(safeHeaders);
  app.use(guard(o));
  app.use((c, next) => {
    c.set("bodies", bodies);
    return next();
  });
  app.get("/metrics", async (c) => c.text(await text(), 200, { "Content-Type": "text/plain; version=0.0.4" }));
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
