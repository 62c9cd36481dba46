/** A controller of one's own that `signal` aborts too, until `release`. (`AbortSignal.any` came with Node 20.3.) */
export function following(signal: AbortSignal | undefined): { controller: AbortController; release(): void } {
  const controller = new AbortController();
  const pass = () => controller.abort(signal?.reason);
  if (signal?.aborted) pass();
  signal?.addEventListener("abort", pass);
  return { controller, release: () => signal?.removeEventListener("abort", pass) };
}

/**
 * Works on `items` in order, `count` of them at once. The first failure aborts the signal of the others and is thrown once they
 * have ended; an aborted `signal` lets none begin.
 */
export async function inLanes<T>(
  items: Iterable<T>,
  { count, signal }: { readonly count: number; readonly signal?: AbortSignal | undefined },
  work: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { controller: stop, release } = following(signal);
  const failures: unknown[] = [];
  // One iterator for all lanes: who is free takes the next.
  const queue = items[Symbol.iterator]();
  const lane = async () => {
    while (!stop.signal.aborted) {
      const next = queue.next();
      if (next.done) return;
      await work(next.value, stop.signal).catch((error) => {
        failures.push(error);
        stop.abort(error);
      });
    }
  };
  await Promise.all(Array.from({ length: count }, lane));
  release();
  if (failures.length > 0) throw failures[0];
}

/** The same work, one call after the other. */
export function oneAtATime<A extends unknown[], T>(work: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const next = last.then(() => work(...args));
    last = next.catch(() => undefined);
    return next;
  };
}
