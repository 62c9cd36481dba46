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

/** Received and not yet taken; beyond it the connection waits. */
const MAX_HELD = 4 << 20;

/**
 * A body's pieces one by one, then undefined. Every piece that arrived is given before the error of a broken connection: a
 * stream on its own would drop what it holds. Call it as soon as there is an answer.
 */
export function bodyOf(answer: IncomingMessage): () => Promise<Buffer | undefined> {
  const queue: Buffer[] = [];
  let held = 0;
  let end: { readonly error?: Error } | undefined;
  let wake = (): void => undefined;
  const finish = (error?: Error) => {
    end ??= error ? { error } : {};
    wake();
  };
  answer.on("data", (piece: Buffer) => {
    queue.push(piece);
    held += piece.length;
    if (held > MAX_HELD) answer.pause();
    wake();
  });
  answer.on("end", () => finish());
  answer.on("error", (error) => finish(asInterrupted(error)));
  answer.on("close", () => finish(new Interrupted("a cut connection")));
  return async () => {
    while (queue.length === 0) {
      if (end?.error) throw end.error;
      if (end) return undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const piece = queue.shift()!;
    held -= piece.length;
    if (held <= MAX_HELD) answer.resume();
    return piece;
  };
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
