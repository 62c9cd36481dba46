import { type Agent, get as getHttp, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { get as getHttps } from "node:https";
import { agentFor, type HttpProxy, proxyFor } from "./proxy.ts";

/** A try that failed in a way that the next may not: the message says how. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

export interface Answer {
  readonly message: IncomingMessage;
  /** Which proxy it came through. */
  readonly proxy: HttpProxy | undefined;
  /** Whether it is the proxy's own, which did not ask the host. */
  readonly ofProxy: boolean;
}

const MAX_REDIRECTS = 5;

/**
 * One GET, redirects followed, through a proxy where the environment names one; the body is as the server sends it, never
 * decoded (a .gz must stay one). Rejects with `Interrupted` where the server cannot be reached or falls silent.
 * @param idleMs how long the server may stay silent
 * @throws MaskconError "usage" where a proxy's variable is wrong, see `proxyFor`
 */
export async function request(
  url: string,
  headers: OutgoingHttpHeaders,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  let at = url;
  for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
    const answer = await getOnce(at, { ...headers, "accept-encoding": "identity" }, idleMs, signal);
    const { statusCode = 0, headers: given } = answer.message;
    if (answer.ofProxy || ![301, 302, 303, 307, 308].includes(statusCode) || !given.location) return answer;
    answer.message.destroy();
    const next = new URL(given.location, at);
    const downgraded = at.startsWith("https:") && next.protocol !== "https:";
    if (downgraded || !/^https?:$/.test(next.protocol)) throw new Error(`a redirect to ${next.protocol}//${next.host}`);
    at = next.href;
  }
  throw new Error(`more than ${MAX_REDIRECTS} redirects`);
}

async function getOnce(
  url: string,
  headers: OutgoingHttpHeaders,
  idleMs: number,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const proxy = await proxyFor(url);
  const connecting = new AbortController();
  const agent = proxy && (await agentFor(url, proxy, connecting.signal));
  const silence = new Interrupted(`silence for ${Math.round(idleMs / 1000)} s`);
  signal?.throwIfAborted();
  // A request without a connection hears neither its own time-out nor that it is destroyed: a proxy may keep it waiting.
  const waiting = setTimeout(() => connecting.abort(silence), idleMs);
  const onAbort = () => connecting.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await send(
      url,
      { headers, timeout: idleMs, agent },
      { proxy, silence, signal, connecting: connecting.signal },
    );
  } finally {
    clearTimeout(waiting);
    signal?.removeEventListener("abort", onAbort);
  }
}

interface Sending {
  readonly proxy: HttpProxy | undefined;
  readonly silence: Error;
  readonly signal: AbortSignal | undefined;
  readonly connecting: AbortSignal;
}

function send(
  url: string,
  options: { headers: OutgoingHttpHeaders; timeout: number; agent: Agent | undefined },
  { proxy, silence, signal, connecting }: Sending,
): Promise<Answer> {
  const get = url.startsWith("https:") ? getHttps : getHttp;
  return new Promise((resolve, reject) => {
    let connected = false;
    let ofProxy = false;
    const call = get(url, { ...options, ...(signal ? { signal } : {}) }, (message) =>
      resolve({ message, proxy, ofProxy }),
    );
    // The agents of proxies set none.
    call.setTimeout(options.timeout);
    call.on("timeout", () => call.destroy(silence));
    // Of a tunnel, the proxy's answer to CONNECT.
    call.on("proxyConnect", ({ statusCode = 200 }: { statusCode?: number }) => {
      connected = true;
      ofProxy = statusCode !== 200;
    });
    const failed = (error: unknown) => {
      if (signal?.aborted) return reject(signal.reason);
      const interrupted = asInterrupted(error);
      if (!proxy) return reject(interrupted);
      const where = connected ? ` through ${proxy.shown}` : `: ${proxy.shown}`;
      // The protocol of the proxy's own address is often taken for that of what it fetches.
      const ofProxyAlone = !connected || url.startsWith("http:");
      const plain = ofProxyAlone && proxy.url.protocol === "https:" && interrupted.message === reasons.EPROTO;
      const advice = plain ? ` (write http:// in ${proxy.variable} if it speaks plain HTTP)` : "";
      reject(new Interrupted(`${interrupted.message}${where}${advice}`, { cause: error }));
    };
    call.on("error", failed);
    connecting.addEventListener("abort", () => {
      failed(connecting.reason);
      call.destroy();
    });
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
  EPROTO: "an answer without TLS",
  ERR_SSL_WRONG_VERSION_NUMBER: "an answer without TLS",
};

/** Of failures that are known by their text alone; of others the text itself, on one line. */
function reasonIn(message: string, code: string | undefined): string | undefined {
  if (message === "aborted" || /ended before receiving CONNECT/.test(message)) return reasons.ECONNRESET;
  if (code?.startsWith("HPE_")) return `an answer that is not HTTP (${message})`;
  return message.replace(/\s+/g, " ").trim() || code;
}

/** A network's failure in plain words. */
function asInterrupted(error: unknown): Error {
  if (error instanceof Interrupted) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new Interrupted(reasons[code ?? ""] ?? reasonIn(message, code), { cause: error });
}
