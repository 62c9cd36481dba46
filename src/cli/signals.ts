const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof numbers;

/**
 * Runs `work` with a signal that the first SIGINT or SIGTERM aborts (`onFirst` tells the user so); the second leaves at
 * once. Once interrupted, the exit code is 128 + the signal's number, whether `work` ends by itself or by the abort.
 */
export async function interruptibly(
  onFirst: (name: string) => void,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const listener = (name: Signal) => {
    const code = 128 + numbers[name];
    if (controller.signal.aborted) process.exit(code);
    process.exitCode = code;
    controller.abort();
    onFirst(name);
  };
  for (const name of Object.keys(numbers)) process.on(name, listener);
  try {
    await work(controller.signal);
  } catch (error) {
    if (!controller.signal.aborted || error !== controller.signal.reason) throw error;
  } finally {
    for (const name of Object.keys(numbers)) process.off(name, listener);
  }
}
