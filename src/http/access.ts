import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { refuseRequest } from "./answers.ts";

/** Who may ask a server. */
export interface Access {
  /** The address that it listens at. */
  readonly host: string;
  /** What `Authorization: Bearer` must say; undefined: nothing. Off loopback one is needed. */
  readonly token?: string | undefined;
  /** A browser signs in by the address `/?token=TOKEN`; a cookie that no script and no other site can use keeps it. */
  readonly signIn?: boolean | undefined;
}

const COOKIE = "maskcon_token";

const LOOPBACK_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean =>
  LOOPBACK_NAMES.includes(host) || (isIP(host) === 4 && host.startsWith("127."));

/**
 * Refuses what a page from elsewhere could make a browser send. Without a token the `Host` must be a name of this machine:
 * a foreign name that resolves to it (DNS rebinding) is refused. A request that a browser marks as another site's is refused
 * always.
 */
export function guard({ token, signIn = false }: Access): MiddlewareHandler {
  return async (c, next) => {
    const { host = "", origin, "sec-fetch-site": site } = c.req.header();
    if (token === undefined && !isLoopback(nameOf(host))) {
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
    if (token !== undefined && signIn && isSame(c.req.query("token") ?? "", token)) return signedIn(c, token);
    const given = signIn ? getCookie(c, COOKIE) : undefined;
    const mayAsk = token === undefined || isBearer(c, token) || (given !== undefined && isSame(given, token));
    if (!mayAsk) {
      c.header("WWW-Authenticate", "Bearer");
      const expected = `the header Authorization: Bearer TOKEN${signIn ? ", or the address /?token=TOKEN" : ""}`;
      return refuseRequest(c, 401, "token", expected, "none, or another token");
    }
    return next();
  };
}

const isBearer = (c: Context, token: string): boolean => isSame(c.req.header("authorization") ?? "", `Bearer ${token}`);

/** The token leaves the address at once: it would stay in the browser's history. */
function signedIn(c: Context, token: string): Response {
  setCookie(c, COOKIE, token, { httpOnly: true, sameSite: "Strict", path: "/" });
  return c.redirect("/", 303);
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
