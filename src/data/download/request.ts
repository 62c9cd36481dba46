import { get as getHttp, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { get as getHttps } from "node:https";

/** A try that failed in a way that the next may not: the message says how. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

const MAX_REDIRECTS = 5;

/**
 * One GET, redirects followed; the body is as the server sends it, never decoded (a .gz must stay one).
 * @param idleMs how long the server may stay silent
 * @throws Interrupted when the server cannot be reached or falls silent
 */
export async function request(
  url: string,
  headers: OutgoingHttpHeaders,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await getOnce(at, { ...headers, "accept-encoding": "identity" }, idleMs, signal);
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode ?? 0) || !location) return answer;
    answer.destroy();
    const next = new URL(location, at);
    const downgraded = at.startsWith("https:") && next.protocol !== "https:";
    if (downgraded || !/^https?:$/.test(next.protocol)) throw new Error(`a redirect to ${next.protocol}//${next.host}`);
    at = next.href;
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

function getOnce(
  url: string,
  headers: OutgoingHttpHeaders,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<IncomingMessage> {
  const get = url.startsWith("https:") ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    const call = get(url, { headers, timeout: idleMs, ...(signal ? { signal } : {}) }, resolve);
    call.on("timeout", () => call.destroy(new Interrupted(`silence for ${Math.round(idleMs / 1000)} s`)));
    call.on("error", (error) => reject(signal?.aborted ? signal.reason : asInterrupted(error)));
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: "no host of that name (is there a network?)",
  EAI_AGAIN: "no answer to the host's name (is there a network?)",
  ECONNREFUSED: "a host that refuses the connection",
  ECONNRESET: "a cut connection",
  ETIMEDOUT: "a host that does not answer",
  ENETUNREACH: "no network",
  EHOSTUNREACH: "a host that cannot be reached",
};

/** A network's failure in plain words. */
export function asInterrupted(error: unknown): Error {
  if (error instanceof Interrupted) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = reasons[code ?? ""] ?? (message === "aborted" ? reasons.ECONNRESET : message || code);
  return new Interrupted(reason, { cause: error });
}
