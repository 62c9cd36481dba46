import type { Executor, ExecutorOptions } from "../engine/index.ts";

/** What differs between Node and a browser page. */
export interface Host {
  open(options: ExecutorOptions): Promise<Executor>;
  /** Channels in a block of this machine's blocked CPU layout; 0 where it has none. */
  blockSize(): Promise<number>;
}
