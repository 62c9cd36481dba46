const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof numbers;
/** Never caught as a signal: a connection that the other side closes would raise it too. */
const SIGPIPE = 13;

/**
 * Ends the process as the system would have without a listener. `process.exit` would wait for ONNX Runtime's threads, which
 * abort when they are torn down within a step.
 */
function leave(name: Signal): void {
  process.removeAllListeners(name);
  process.kill(process.pid, name);
}

/** Stops work that runs, with an exit code. */
const running = new Set<(exitCode: number, why: string) => void>();

/** Whether a stream's error means that its reader has left (`maskcon … | head`); Windows calls it otherwise. */
export const isClosedPipe = ({ code }: NodeJS.ErrnoException): boolean => code === "EPIPE" || code === "EOF";

/**
 * Ends running work in order because its output cannot be written; the exit code is a shell's for a closed pipe, or 1. False
 * where nothing runs.
 */
export function outputLost(error: NodeJS.ErrnoException): boolean {
  for (const stop of running) stop(isClosedPipe(error) ? 128 + SIGPIPE : 1, "the output cannot be written");
  return running.size > 0;
}

/**
 * Runs `work` with a signal that the first SIGINT or SIGTERM aborts (`onFirst` tells the user so); the second leaves at
 * once. Once interrupted, the exit code is 128 + the signal's number, whether `work` ends by itself or by the abort.
 */
export async function interruptibly(
  onFirst: (name: string) => void,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (exitCode: number, why: string) => {
    if (controller.signal.aborted) return;
    process.exitCode = exitCode;
    controller.abort();
    onFirst(why);
  };
  const listener = (name: Signal) => (controller.signal.aborted ? leave(name) : stop(128 + numbers[name], name));
  for (const name of Object.keys(numbers)) process.on(name, listener);
  running.add(stop);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted || error !== controller.signal.reason) throw error;
  } finally {
    for (const name of Object.keys(numbers)) process.off(name, listener);
    running.delete(stop);
  }
}
