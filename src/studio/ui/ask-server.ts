import type { Refused } from "../protocol.ts";

/** What the page says where no answer comes. */
export const NO_ANSWER = "The server does not answer. Start maskcon studio again.";

const listeners = new Set<() => void>();

/** Calls `listener` whenever the server has answered, be it by a refusal. Returns how to stop that. */
export function onAnswer(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Asks the server; where it refuses, the error is its one line. */
async function ask(path: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(path, init).catch(() => {
    throw new Error(NO_ANSWER);
  });
  for (const listener of listeners) listener();
  if (response.ok) return response;
  const refused = (await response.json().catch(() => undefined)) as Refused | undefined;
  throw new Error(refused?.error.message ?? `The server answered ${response.status}.`);
}

export const getJson = async <T>(path: string, signal?: AbortSignal): Promise<T> =>
  (await (await ask(path, signal ? { signal } : {})).json()) as T;

export const getBytes = async (path: string): Promise<ArrayBuffer> => (await ask(path)).arrayBuffer();

export async function postJson<T>(path: string, body: unknown = {}, signal?: AbortSignal): Promise<T> {
  const headers = { "Content-Type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(body), ...(signal && { signal }) };
  return (await (await ask(path, init)).json()) as T;
}

export const postPicture = async <T>(path: string, picture: Blob): Promise<T> =>
  (await (await ask(path, { method: "POST", body: picture })).json()) as T;
