const numbers = { SIGINT: 2, SIGTERM: 15 } as const;
type Signal = keyof typeof numbers;

export interface Interruption {
  readonly signal: AbortSignal;
  /** 128 + the signal's number once one came. */
  readonly exitCode: number | undefined;
  /** Stops listening. */
  stop(): void;
}

/** The first SIGINT or SIGTERM asks for a clean end; the second leaves at once. `onFirst` tells the user so. */
export function interruptible(onFirst: (signal: string) => void): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  const listener = (signal: Signal) => {
    if (exitCode !== undefined) process.exit(128 + numbers[signal]);
    exitCode = 128 + numbers[signal];
    controller.abort();
    onFirst(signal);
  };
  for (const name of Object.keys(numbers)) process.on(name, listener);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stop() {
      for (const name of Object.keys(numbers)) process.off(name, listener);
    },
  };
}
