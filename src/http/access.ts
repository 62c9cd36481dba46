import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { MiddlewareHandler } from "hono";
import { refuseRequest } from "./answers.ts";

/** Who may ask a server. */
export interface Access {
  /** The address that it listens at. */
  readonly host: string;
  /** What `Authorization: Bearer` must say; undefined: nothing. Off loopback there is always one (`checkAccess`). */
  readonly token?: string | undefined;
}

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  LOOPBACK_NAMES.includes(host) || (isIP(host) === 4 && host.startsWith("127."));

/**
 * Refuses what a page from elsewhere could make a browser send. Without a token the `Host` must be a name of this machine:
 * a foreign name that resolves to it (DNS rebinding) is refused. A request that a browser marks as another site's is refused
 * always.
 */
export function guard({ token }: Access): MiddlewareHandler {
  return async (c, next) => {
    const { host = "", origin, "sec-fetch-site": site } = c.req.header();
    if (token === undefined && !LOOPBACK_NAMES.includes(nameOf(host))) {
      return refuseRequest(
        c,
        403,
        "host",
        "a request to this machine by its own name",
        `the host ${JSON.stringify(host)}`,
      );
    }
    if (site === "cross-site" || site === "same-site" || (origin !== undefined && originHost(origin) !== host)) {
      return refuseRequest(
        c,
        403,
        "origin",
        "a request from a page of this server, or from a program",
        "another site's",
      );
    }
    if (token !== undefined && !isSame(c.req.header("authorization") ?? "", `Bearer ${token}`)) {
      c.header("WWW-Authenticate", "Bearer");
      return refuseRequest(c, 401, "token", "the header Authorization: Bearer TOKEN", "none, or another token");
    }
    return next();
  };
}

/** The name in a `Host` header, without its port. */
function nameOf(host: string): string {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name.startsWith("[") && name.endsWith("]") ? name.slice(1, -1) : name;
}

function originHost(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/** In a time that says nothing about where two texts differ. */
function isSame(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash("sha256").update(text).digest());
  return timingSafeEqual(first!, second!);
}
