import type { AddressInfo, Socket } from "node:net";
import { serve } from "@hono/node-server";
import { fail, fsReason } from "../core/index.ts";
import { type Access, isLoopback } from "./access.ts";
import type { ServerApp } from "./server.ts";

export interface ListenOptions extends Access {
  readonly app: ServerApp;
  /** 0: any free one. */
  readonly port: number;
  /** For how long a connection is kept open without a request; default 5 s. */
  readonly idleMs?: number | undefined;
}

/** A server that listens. */
export interface Listening {
  /** Where to ask, without a path. */
  readonly url: string;
  /** Takes no new request, and waits for those that run; after `graceMs` their connections are cut. */
  close(graceMs?: number): Promise<void>;
}

/** For the head of a request, and for all of it: a slow sender holds no connection for longer. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const IDLE_MS = 5_000;
const MOST_CONNECTIONS = 2048;
const GRACE_MS = 10_000;

/**
 * Refuses to open a server to other machines without a token.
 * @throws MaskconError "usage" where it has none
 */
export function checkAccess({ host, token }: Access): void {
  if (isLoopback(host) || token) return;
  fail("usage", {
    where: "--host",
    expected: "a token where other machines can reach the server",
    found: `${host} without one`,
    fix: "set MASKCON_TOKEN, or listen at 127.0.0.1",
  });
}

/**
 * Listens until it is closed.
 * @throws MaskconError "usage" where the address or port cannot be had
 */
export async function listen({ app, host, port, token, idleMs = IDLE_MS }: ListenOptions): Promise<Listening> {
  checkAccess({ host, token });
  const limits = { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: idleMs };
  const server = serve({ fetch: app.fetch, hostname: host, port, serverOptions: limits });
  await new Promise<void>((resolve, reject) => {
    server.once("listening", resolve);
    server.once("error", reject);
  }).catch((error) => refuseAddress(host, port, error));
  server.maxConnections = MOST_CONNECTIONS;
  server.on("timeout", closeIfIdle);
  const { port: bound } = server.address() as AddressInfo;
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    url: `http://${name}:${bound}`,
    async close(graceMs = GRACE_MS) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      if ("closeIdleConnections" in server) server.closeIdleConnections();
      const cut = setTimeout(() => "closeAllConnections" in server && server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    },
  };
}

/**
 * After a long computation the timer of a connection may run out before a request that has come meanwhile is read: it is looked
 * for once more.
 */
function closeIfIdle(connection: Socket): void {
  const { bytesRead } = connection;
  setImmediate(() => {
    if (connection.bytesRead === bytesRead) connection.destroy();
  });
}

function refuseAddress(host: string, port: number, error: NodeJS.ErrnoException): never {
  const inUse = error.code === "EADDRINUSE";
  const denied = error.code === "EACCES" ? "which only the system's administrator may listen at" : fsReason(error);
  const reason = inUse ? "which another program listens at" : denied;
  return fail("usage", {
    where: error.code === "EADDRNOTAVAIL" || error.code === "ENOTFOUND" ? "--host" : "--port",
    expected: "an address that can be listened at",
    found: `${host}:${port}, ${reason}`,
    fix: inUse ? "give another --port; 0 takes any that is free" : undefined,
  });
}
