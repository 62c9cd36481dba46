/**
 * An `AbortSignal`. Its type is the one that the compilation has, from its library "dom" or from @types/node; a program
 * that has neither can still be compiled against this package.
 */
export type StopSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      throwIfAborted(): void;
      addEventListener(type: "abort", listener: () => void): void;
      removeEventListener(type: "abort", listener: () => void): void;
    };
