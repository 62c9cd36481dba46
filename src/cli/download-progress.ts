import type { GetOptions } from "../data/index.ts";
import type { Terminal } from "./terminal.ts";

const EVERY_MS = 200;
/** Plain lines (a file, a pipe) come at each tenth. */
const TENTHS = 10;

/** A line that moves on a live terminal; elsewhere a line now and then. */
export function showDownload(terminal: Terminal): Required<Pick<GetOptions, "onProgress" | "onUnpack">> {
  let last = 0;
  let tenth = -1;
  let name = "";
  return {
    onProgress: (file, received) => {
      if (file.name !== name) [name, tenth] = [file.name, -1];
      const line = `${file.name}  ${megabytes(received)} of ${megabytes(file.bytes)} MB`;
      const done = received === file.bytes;
      if (terminal.columns !== undefined) {
        if (!done && Date.now() - last < EVERY_MS) return;
        last = Date.now();
        terminal.err(`\r${line.slice(0, terminal.columns - 1)}${done ? "\n" : ""}`);
        return;
      }
      const reached = Math.floor((received / file.bytes) * TENTHS);
      if (reached > tenth) terminal.err(`${line}\n`);
      tenth = reached;
    },
    onUnpack: (file) => terminal.err(`unpacking ${file.name}\n`),
  };
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
